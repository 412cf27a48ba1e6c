// epoll instances: the list of what each watches.
#include <fcntl.h>

#include <algorithm>

#include "core/model/fold.h"

namespace ipcscope {

void Fold::makes_event_poll_result(const Call& call) {
    if (call.has_failed()) return;
    const std::int64_t flags = call.argument(Role::EpollFlags);
    const ObjectId made = make_object(ObjectKind::EventPoll, {});
    install(call.process, static_cast<int>(call.result()), make_file(made, O_RDWR), (flags & EPOLL_CLOEXEC) != 0);
}

void Fold::watches_result(const Call& call) {
    const OpenFile* const behind = file_behind(call.process, call.descriptor());
    if (call.has_failed() || !behind || !object(behind->object).event_poll) return;
    std::vector<Watched>& watched = object(behind->object).event_poll->watched;
    const auto number = static_cast<int>(call.argument(Role::OtherFd));
    const std::optional<Chunk> chunk = trace.chunk(call.entry, position_of(call.id, Role::EpollEventIn));
    epoll_event wanted{};
    if (chunk && chunk->bytes.size() == sizeof wanted) std::memcpy(&wanted, chunk->bytes.data(), sizeof wanted);
    const auto known = std::ranges::find(watched, number, &Watched::descriptor);
    if (call.argument(Role::EpollCommand) == EPOLL_CTL_DEL) {
        if (known != watched.end()) watched.erase(known);
    } else if (known != watched.end()) {
        known->events = wanted.events;
    } else {
        watched.push_back({number, wanted.events});
    }
    note_change({.process = call.process.id, .object = behind->object, .descriptor = call.descriptor(), .at = index});
}

}  // namespace ipcscope
