#include "core/model/text_pthreads.h"

#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "core/model/canonical.h"

namespace ipcscope {
namespace {

struct Constant {
    Role role;
    std::int64_t value;
    const char* name;
};

#define NAME(role, constant) {Role::role, constant, #constant}
constexpr Constant constants[] = {
    NAME(MutexType, PTHREAD_MUTEX_NORMAL), NAME(MutexType, PTHREAD_MUTEX_RECURSIVE), NAME(MutexType, PTHREAD_MUTEX_ERRORCHECK),
    NAME(MutexType, PTHREAD_MUTEX_ADAPTIVE_NP),
    NAME(Sharing, PTHREAD_PROCESS_PRIVATE), NAME(Sharing, PTHREAD_PROCESS_SHARED),
    NAME(Robustness, PTHREAD_MUTEX_STALLED), NAME(Robustness, PTHREAD_MUTEX_ROBUST),
    NAME(Protocol, PTHREAD_PRIO_NONE), NAME(Protocol, PTHREAD_PRIO_INHERIT), NAME(Protocol, PTHREAD_PRIO_PROTECT),
    NAME(Preference, PTHREAD_RWLOCK_PREFER_READER_NP), NAME(Preference, PTHREAD_RWLOCK_PREFER_WRITER_NP),
    NAME(Preference, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP)};
#undef NAME

template <class T>
T read(std::string_view bytes) {
    T value{};
    std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
    return value;
}

}  // namespace

std::string text_of_lock_constant(Role role, std::int64_t value) {
    const auto found = std::ranges::find_if(constants, [&](const Constant& c) { return c.role == role && c.value == value; });
    return found == std::end(constants) ? std::to_string(value) : found->name;
}

// What differs from the default. (The layouts are glibc's: nptl/pthreadP.h.)
std::string text_of_attributes(Role role, std::string_view attributes) {
    std::string text;
    const auto append = [&](Role what, std::int64_t value) {
        if (value != 0) text += (text.empty() ? "" : ", ") + text_of_flags(what, value);
    };
    const auto word = read<std::uint32_t>(attributes);
    switch (role) {
        case Role::MutexAttributes:
            append(Role::MutexType, word & 0x3);
            append(Role::Sharing, (word & 0x80000000) != 0);
            append(Role::Robustness, (word & 0x40000000) != 0);
            append(Role::Protocol, (word & 0x30000000) >> 28);
            break;
        case Role::ConditionAttributes:
            append(Role::Sharing, word & 1);
            append(Role::ClockId, (word >> 1) & 1);
            break;
        case Role::ReadWriteLockAttributes:
            append(Role::Preference, word);
            append(Role::Sharing, read<std::array<int, 2>>(attributes)[1]);
            break;
        default: append(Role::Sharing, word); break;
    }
    return '{' + text + '}';
}

}  // namespace ipcscope
