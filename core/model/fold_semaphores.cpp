// POSIX semaphores. To give a permit is a cause, since it wakes who sleeps for one: it is folded when the call begins. To get
// one is a result.
#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

constexpr std::uint64_t page = 4096;

std::uint64_t address_of(const Call& call) { return static_cast<std::uint64_t>(call.argument(Role::SemaphoreAt)); }

auto opening_of(SemaphoreState& state, ProcessId process) {
    return std::ranges::find(state.openings, process, &SemaphoreState::Opening::process);
}

}  // namespace

ObjectId Fold::semaphore_at(const Process& process, std::uint64_t address) const {
    const Object* const found = model.object_in_memory(process.id, address);
    return found && found->kind == ObjectKind::Semaphore ? found->id : no_id;
}

// The one that the call is about; one that nobody was seen to make is known from now on, but for its value.
Object& Fold::semaphore_of(const Call& call) {
    ObjectId id = semaphore_at(call.process, address_of(call));
    if (id == no_id) id = object_in_memory(call.process, address_of(call), ObjectKind::Semaphore);
    Object& found = object(id);
    if (!found.semaphore) found.semaphore.emplace();
    return found;
}

void Fold::makes_semaphore_result(const Call& call) {
    if (call.has_failed()) return;
    const auto address = static_cast<std::uint64_t>(call.argument(Role::NewSemaphore));
    if (const ObjectId before = find_in_memory(call.process, address); before != no_id) end_in_memory(before);
    Object& made = object(object_in_memory(call.process, address, ObjectKind::Semaphore));
    made.semaphore = SemaphoreState{.value = static_cast<std::uint32_t>(call.argument(Role::Permits)),
                                    .is_value_known = true,
                                    .is_shared = static_cast<int>(call.argument(Role::IsShared)) != 0,
                                    .openings = {}, .left_asleep = 0};
    note_change({.process = call.process.id, .object = made.id, .at = index});
}

void Fold::ends_semaphore_result(const Call& call) {
    const ObjectId id = semaphore_at(call.process, address_of(call));
    if (call.has_failed() || id == no_id) return;
    end_in_memory(id);
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::opens_semaphore_result(const Call& call) {
    if (call.has_failed()) return;
    std::string name(trace.text(call.entry, position_of(call.id, Role::IpcName)));
    if (!name.starts_with('/')) name.insert(0, 1, '/');
    const std::string path = "sem:" + name;
    ObjectId id = object_of_path(path);
    const bool is_new = id == no_id;
    if (is_new) {
        id = make_object(ObjectKind::Semaphore, path);
        object(id).name = "sem " + name;
        const auto flags = call.argument(Role::OpenFlags);
        const bool was_made = (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0;
        object(id).semaphore = SemaphoreState{.value = was_made ? static_cast<std::uint32_t>(call.argument(Role::Permits)) : 0,
                                              .is_value_known = was_made, .is_shared = true, .openings = {}, .left_asleep = 0};
    }
    SemaphoreState& state = *object(id).semaphore;
    if (const auto known = opening_of(state, call.process.id); known != state.openings.end()) {
        ++known->count;
    } else {
        state.openings.push_back({call.process.id, 1});
        map(call.process, {.address = static_cast<std::uint64_t>(call.result()) & ~(page - 1), .length = page, .object = id, .offset = 0,
                           .protection = PROT_READ | PROT_WRITE, .is_shared = true, .since = index});
    }
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::closes_semaphore_result(const Call& call) {
    const ObjectId id = semaphore_at(call.process, address_of(call));
    if (call.has_failed() || id == no_id) return;
    SemaphoreState& state = *object(id).semaphore;
    const auto opening = opening_of(state, call.process.id);
    if (opening != state.openings.end() && --opening->count != 0) return;
    if (opening != state.openings.end()) state.openings.erase(opening);
    unmap(call.process, address_of(call) & ~(page - 1), page);
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::unlinks_semaphore_result(const Call& call) {
    if (call.has_failed()) return;
    std::string name(trace.text(call.entry, position_of(call.id, Role::IpcName)));
    if (!name.starts_with('/')) name.insert(0, 1, '/');
    const ObjectId id = object_of_path("sem:" + name);
    if (id == no_id) return;
    object(id).is_unlinked = true;
    std::erase_if(model.object_by_path_, [&](const auto& entry) { return entry.second == id; });
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::takes_permit_result(const Call& call) {
    if (call.has_failed()) return;
    Object& taken_from = semaphore_of(call);
    SemaphoreState& state = *taken_from.semaphore;
    if (state.value > 0) --state.value;
    else if (state.is_value_known) surprise(), state.is_value_known = false;
    note_change({.process = call.process.id, .object = taken_from.id, .at = index});
}

void Fold::takes_permit_abandoned(const Call& call) {
    const ObjectId id = semaphore_at(call.process, address_of(call));
    const bool was_asleep = call.thread.state == ThreadState::Asleep && call.thread.call() == call.enter;
    if (id != no_id && was_asleep) ++object(id).semaphore->left_asleep;
}

void Fold::gives_permit_begin(const Call& call) {
    Object& given_to = semaphore_of(call);
    ++given_to.semaphore->value;
    pending(call.thread, call.enter);
    note_change({.process = call.process.id, .object = given_to.id, .at = index});
}

void Fold::gives_permit_result(const Call& call) {
    if (call.has_failed() && call.thread.pending_of(call.enter)) --semaphore_of(call).semaphore->value;
}

void Fold::asks_semaphore_result(const Call& call) {
    if (call.has_failed()) return;
    SemaphoreState& state = *semaphore_of(call).semaphore;
    const std::optional<Chunk> chunk = trace.chunk(event, position_of(call.id, Role::ValueOut));
    int value;
    if (state.is_value_known || !chunk || chunk->bytes.size() != sizeof value) return;
    std::memcpy(&value, chunk->bytes.data(), sizeof value);
    state.value = value;
    state.is_value_known = true;
}

// Where nobody was seen to set the value, the bytes tell. (glibc, 64 bits: the lower half of the first word.)
void Fold::learn_semaphores() {
    for (Object& one : model.objects_) {
        std::uint32_t value;
        if (!one.semaphore || one.semaphore->is_value_known || !one.bytes || one.bytes->now.size() < sizeof value) continue;
        std::memcpy(&value, one.bytes->now.data(), sizeof value);
        one.semaphore->value = value;
        one.semaphore->is_value_known = true;
    }
}

ObjectId Fold::sleeps_at_semaphore(const Call& call) { return semaphore_at(call.process, address_of(call)); }

}  // namespace ipcscope
