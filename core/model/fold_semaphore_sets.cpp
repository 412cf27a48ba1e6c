// System V semaphores. What can be done at once may wake somebody, who may return first: it is a cause, and is folded when the call
// begins. (If the kernel then lets it sleep, somebody else was faster, and it is taken back.) What cannot, is folded when the
// call has returned: then all its operations were done at once.
#include <sys/ipc.h>
#include <sys/sem.h>

#include <algorithm>
#include <cstring>

#include "core/model/fold.h"

namespace ipcscope {
namespace {

bool only_gives(const std::vector<sembuf>& operations) {
    return std::ranges::all_of(operations, [](const sembuf& one) { return one.sem_op > 0; });
}

void adjust(SemaphoreSet& set, ProcessId process, std::uint32_t number, std::int64_t by) {
    const auto known = std::ranges::find_if(set.undos, [&](const SemaphoreSet::Undo& u) { return u.process == process && u.number == number; });
    if (known == set.undos.end()) set.undos.push_back({process, number, by});
    else known->adjustment += by;
    std::erase_if(set.undos, [](const SemaphoreSet::Undo& undo) { return undo.adjustment == 0; });
}

// The permits that come back when their process ends, in the words that all locks share.
void show_debts(Object& object, EventIndex at) {
    std::vector<Hold> holds;
    for (const SemaphoreSet::Undo& undo : object.semaphore_set->undos) {
        if (undo.adjustment <= 0) continue;
        Hold hold;
        hold.process = undo.process;
        hold.mode = HoldMode::Permit;
        hold.count = static_cast<std::uint64_t>(undo.adjustment);
        hold.first = hold.last = undo.number;
        const auto same = std::ranges::find_if(object.holds, [&](const Hold& h) { return h.process == hold.process && h.first == hold.first; });
        hold.since = same == object.holds.end() ? at : same->since;
        holds.push_back(hold);
    }
    object.holds = std::move(holds);
}

void include(std::vector<ProcessId>& processes, ProcessId process) {
    if (std::ranges::find(processes, process) == processes.end()) processes.push_back(process);
}

bool is_possible_now(const SemaphoreSet& set, const std::vector<sembuf>& operations) {
    const auto is_known = [&](const sembuf& one) { return one.sem_num < set.semaphores.size() && set.semaphores[one.sem_num].is_known; };
    return std::ranges::all_of(operations, is_known) && !first_in_the_way(set, operations);
}

// What SETALL gives, GETALL gets: an array without a length of its own. More may have been captured than belongs to it.
std::vector<std::uint16_t> values_from(const std::optional<Chunk>& chunk, std::size_t count) {
    std::vector<std::uint16_t> values(chunk ? std::min(chunk->bytes.size() / sizeof(std::uint16_t), count) : 0);
    if (!values.empty()) std::memcpy(values.data(), chunk->bytes.data(), values.size() * sizeof(std::uint16_t));
    return values;
}

}  // namespace

ObjectId Fold::semaphore_set_of(const Call& call) {
    const ObjectId id = object_of_path(ipc_path(row_of(call.id), static_cast<int>(call.argument(Role::IpcId))));
    return id != no_id && object(id).semaphore_set ? id : no_id;
}

void Fold::makes_semaphores_result(const Call& call) {
    if (call.has_failed()) return;
    const std::string path = ipc_path(row_of(call.id), static_cast<int>(call.result()));
    ObjectId id = object_of_path(path);
    if (id == no_id) {
        id = make_object(ObjectKind::SysVSemaphores, path);
        SemaphoreSet& set = *object(id).semaphore_set;
        set.id = static_cast<std::int32_t>(call.result());
        set.key = static_cast<std::int32_t>(call.argument(Role::Key));
        const auto flags = call.argument(Role::IpcFlags);
        const bool is_new = set.key == IPC_PRIVATE || ((flags & IPC_CREAT) != 0 && (flags & IPC_EXCL) != 0);
        const auto count = static_cast<std::size_t>(std::clamp<std::int64_t>(call.argument(Role::Count), 0, most_in_a_set));
        set.is_size_known = is_new;
        set.semaphores.assign(count, {.value = 0, .is_known = is_new, .last = is_new ? 0 : -1});   // Linux makes them with 0
        object(id).is_uncertain = set.key != IPC_PRIVATE && (flags & IPC_CREAT) == 0;
    }
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::begin_operation(SemaphoreSet& set) {
    set.is_order_known = set.operated == no_id || set.operated < model.step_began_;
    set.operated = index;
}

// `sign` -1 takes back what a call was thought to have done.
void Fold::operate(Object& object, const std::vector<sembuf>& operations, const Process& process, int sign) {
    SemaphoreSet& set = *object.semaphore_set;
    for (const sembuf& one : operations) {
        if (one.sem_num >= set.semaphores.size()) set.semaphores.resize(std::min<std::size_t>(one.sem_num + 1u, most_in_a_set));
        SemaphoreSet::One& semaphore = set.semaphores[one.sem_num];
        if (semaphore.is_known) semaphore.value += sign * one.sem_op;   // what wakes another may return after it: below 0 for a moment
        semaphore.last = set.is_order_known && sign > 0 ? process.pid : -1;
        if ((one.sem_flg & SEM_UNDO) != 0 && one.sem_op != 0) adjust(set, process.id, one.sem_num, -sign * one.sem_op);
    }
    include(set.users, process.id);
    show_debts(object, index);
    note_change({.process = process.id, .object = object.id, .at = index});
}

void Fold::operates_semaphores_begin(const Call& call) {
    const ObjectId id = semaphore_set_of(call);
    const std::vector<sembuf> operations = operations_of(trace, call.entry);
    if (id == no_id || operations.empty()) return;
    SemaphoreSet& set = *object(id).semaphore_set;
    begin_operation(set);
    if (!only_gives(operations) && !is_possible_now(set, operations)) return;
    const std::size_t size = set.is_size_known ? set.semaphores.size() : most_in_a_set;
    if (std::ranges::any_of(operations, [&](const sembuf& one) { return one.sem_num >= size; })) return;   // EFBIG
    pending(call.thread, call.enter);
    operate(object(id), operations, call.process, 1);
}

void Fold::operates_semaphores_result(const Call& call) {
    const ObjectId id = semaphore_set_of(call);
    if (id == no_id) return;
    const bool is_done = call.thread.pending_of(call.enter) != nullptr;
    if (is_done == !call.has_failed()) return;
    const std::vector<sembuf> operations = operations_of(trace, call.entry);
    if (std::ranges::any_of(operations, [](const sembuf& one) { return one.sem_num >= most_in_a_set; })) return surprise();
    operate(object(id), operations, call.process, is_done ? -1 : 1);
}

// Who is killed while it sleeps has done nothing. Who is killed else in the call has done it or not: the kernel tells.
void Fold::operates_semaphores_abandoned(const Call& call) {
    const ObjectId id = semaphore_set_of(call);
    const bool was_asleep = call.thread.state == ThreadState::Asleep && call.thread.call() == call.enter;
    if (id == no_id || was_asleep) return;
    std::vector<SemaphoreSet::One>& all = object(id).semaphore_set->semaphores;
    for (const sembuf& one : operations_of(trace, call.entry))
        if (one.sem_num < all.size()) all[one.sem_num] = {};
}

// To set a value may wake somebody, too.
void Fold::controls_semaphores_begin(const Call& call) {
    const ObjectId id = semaphore_set_of(call);
    if (id == no_id) return;
    SemaphoreSet& set = *object(id).semaphore_set;
    const auto command = call.argument(Role::SetCommand);
    const auto number = static_cast<std::uint32_t>(call.argument(Role::SetNumber));
    const auto value = static_cast<int>(call.argument(Role::SetValue));
    const auto set_one = [&](SemaphoreSet::One& one, std::int64_t to, bool is_known) { one = {to, is_known, set.is_order_known ? call.process.pid : -1}; };
    if (command == SETVAL && number < set.semaphores.size() && value >= 0 && value <= most_permits) {
        begin_operation(set);
        set_one(set.semaphores[number], value, true);
        std::erase_if(set.undos, [&](const SemaphoreSet::Undo& undo) { return undo.number == number; });
    } else if (command == SETALL) {
        begin_operation(set);
        const std::vector<std::uint16_t> values = values_from(trace.chunk(call.entry, position_of(call.id, Role::SetValue)), set.semaphores.size());
        for (std::size_t i = 0; i < set.semaphores.size(); ++i) set_one(set.semaphores[i], i < values.size() ? values[i] : 0, i < values.size());
        set.undos.clear();
    } else {
        return;
    }
    show_debts(object(id), index);
    note_change({.process = call.process.id, .object = id, .at = index});
}

void Fold::controls_semaphores_result(const Call& call) {
    const ObjectId id = semaphore_set_of(call);
    if (id == no_id) return;
    SemaphoreSet& set = *object(id).semaphore_set;
    const auto number = static_cast<std::uint32_t>(call.argument(Role::SetNumber));
    const auto learn = [&](std::size_t which, std::int64_t value) {
        if (which < set.semaphores.size() && !set.semaphores[which].is_known) set.semaphores[which].value = value, set.semaphores[which].is_known = true;
    };
    switch (call.argument(Role::SetCommand)) {
        case SETVAL:
        case SETALL:
            if (call.has_failed()) set.semaphores.assign(set.semaphores.size(), {});    // as it was before, the kernel tells
            return;
        case GETVAL:
            if (!call.has_failed()) learn(number, call.result());
            break;
        case GETALL: {
            const std::vector<std::uint16_t> values = values_from(trace.chunk(event, position_of(call.id, Role::SetValue)), set.semaphores.size());
            for (std::size_t i = 0; i < values.size(); ++i) learn(i, values[i]);
            break;
        }
        case IPC_RMID:
            if (call.has_failed()) return;
            object(id).has_ended = true;
            set.undos.clear();
            show_debts(object(id), index);
            return forget_name(id, call.process.id);
        default: return;
    }
    note_change({.process = call.process.id, .object = id, .at = index});
}

// The kernel does what SEM_UNDO promised, whatever the process ends of. A value never falls below 0.
void Fold::undo_semaphores(const Process& process) {
    for (Object& object : model.objects_) {
        if (!object.semaphore_set) continue;
        SemaphoreSet& set = *object.semaphore_set;
        std::erase(set.users, process.id);
        bool has_changed = false;
        for (const SemaphoreSet::Undo& undo : set.undos) {
            if (undo.process != process.id || undo.number >= set.semaphores.size()) continue;
            SemaphoreSet::One& one = set.semaphores[undo.number];
            if (one.is_known) one.value = std::max<std::int64_t>(0, one.value + undo.adjustment);
            if (!has_changed) begin_operation(set);
            one.last = set.is_order_known ? process.pid : -1;
            has_changed = true;
        }
        if (!has_changed) continue;
        std::erase_if(set.undos, [&](const SemaphoreSet::Undo& undo) { return undo.process == process.id; });
        show_debts(object, index);
        note_change({.process = process.id, .object = object.id, .at = index});
    }
}

ObjectId Fold::sleeps_at_semaphore_set(const Call& call) {
    const ObjectId id = semaphore_set_of(call);
    if (id == no_id || !call.thread.pending_of(call.enter)) return id;
    operate(object(id), operations_of(trace, call.entry), call.process, -1);
    std::erase_if(call.thread.pending, [&](const Pending& pending) { return pending.enter == call.enter; });
    return id;
}

// The kernel's word, where no call has told.
void Fold::semaphore_set_fact() {
    const ObjectId id = object_of_path("semid:" + std::to_string(event.value[1]));
    if (id == no_id || !object(id).semaphore_set) return;
    SemaphoreSet& set = *object(id).semaphore_set;
    if (static_cast<FactKind>(event.value[0]) == FactKind::SysVSemaphores) {
        if (set.is_size_known || event.value[3] < 0) return;
        set.is_size_known = true;
        set.semaphores.resize(std::min(static_cast<std::size_t>(event.value[3]), most_in_a_set));
        return;
    }
    const auto number = static_cast<std::size_t>(event.value[2]);
    if (event.value[2] < 0 || number >= set.semaphores.size()) return;
    SemaphoreSet::One& one = set.semaphores[number];
    if (!one.is_known) one.value = event.value[3], one.is_known = true;
    if (one.last < 0) one.last = static_cast<pid_t>(event.value[5]);
}

}  // namespace ipcscope
