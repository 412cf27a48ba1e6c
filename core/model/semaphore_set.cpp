#include "core/model/semaphore_set.h"

#include <cstring>

#include "core/events/call_table.h"

namespace ipcscope {

std::vector<sembuf> operations_of(const Trace& trace, const Event& enter) {
    const int position = is_call(enter.call) ? argument_with(row_of(static_cast<CallId>(enter.call)), Role::SetOperations) : -1;
    const std::optional<Chunk> chunk = position < 0 ? std::nullopt : trace.chunk(enter, position);
    std::vector<sembuf> operations(chunk ? chunk->bytes.size() / sizeof(sembuf) : 0);
    if (!operations.empty()) std::memcpy(operations.data(), chunk->bytes.data(), operations.size() * sizeof(sembuf));
    return operations;
}

std::optional<sembuf> first_in_the_way(const SemaphoreSet& set, const std::vector<sembuf>& operations) {
    std::vector<std::int64_t> values;
    for (const SemaphoreSet::One& one : set.semaphores) values.push_back(one.value);
    for (const sembuf& one : operations) {
        if (one.sem_num >= values.size()) return std::nullopt;
        if (one.sem_op == 0 ? values[one.sem_num] != 0 : values[one.sem_num] + one.sem_op < 0) return one;
        values[one.sem_num] += one.sem_op;
    }
    return std::nullopt;
}

}  // namespace ipcscope
