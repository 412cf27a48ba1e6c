// Semaphores, as the bytes in memory tell of them.
#include <cstring>

#include "core/model/witnesses.h"

namespace ipcscope {

// glibc on 64 bits: the value in the lower half of the first word, how many sleep in the upper.
void Witnesses::posix_semaphores() {
    for (const Object& object : model.objects()) {
        if (!object.semaphore || object.has_ended || !object.bytes || object.bytes->now.size() < sizeof(std::uint64_t)) continue;
        std::uint64_t word;
        std::memcpy(&word, object.bytes->now.data(), sizeof word);
        const auto text = [](std::uint64_t value, std::uint64_t asleep) { return "value " + std::to_string(value) + ", " + std::to_string(asleep) + " asleep"; };
        const std::string kernel = text(word & 0xffffffff, word >> 32);
        const std::string mine = text(static_cast<std::uint64_t>(object.semaphore->value), model.waiters(object.id).size() + object.semaphore->left_asleep);
        lines.push_back({"memory of " + object.name, kernel, mine, kernel == mine, no_id, object.id});
    }
}

}  // namespace ipcscope
