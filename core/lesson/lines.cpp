#include "core/lesson/lines.h"

#include <algorithm>

#include "core/model/explain.h"

namespace ipcscope {

namespace {

void add_call(const Past& past, EventIndex enter, std::vector<AccountLine>& lines) {
    if (const CallLog::Entry* entry = past.log.entry_of(enter)) lines.push_back({entry, true, ""});
}

// The newest entries are looked at first: what is told has just happened.
void add_own(const Past& past, EventIndex index, std::vector<AccountLine>& lines) {
    const auto& entries = past.log.entries();
    const auto is_it = [&](const CallLog::Entry& entry) { return !entry.is_call && entry.enter == index; };
    if (const auto found = std::find_if(entries.rbegin(), entries.rend(), is_it); found != entries.rend())
        lines.push_back({&*found, false, ""});
}

}  // namespace

std::vector<AccountLine> lines_of(const Past& past, EventIndex index) {
    std::vector<AccountLine> lines;
    const Event& event = past.trace[index];
    switch (event.kind) {
        case EventKind::Exit:
            add_call(past, event.pair == no_id ? index : event.pair, lines);
            break;
        case EventKind::Asleep:
            if (const CallLog::Entry* entry = past.log.entry_of(event.pair); entry && entry->exit == no_id)
                lines.push_back({entry, true, reason_asleep(past.trace, past.model, event.thread)});
            break;
        case EventKind::Ended:
            if (const EventIndex enter = call_ended_by(past, index); enter != no_id) add_call(past, enter, lines);
            add_own(past, index, lines);
            break;
        case EventKind::Image:
            if (event.pair != no_id) add_call(past, event.pair, lines);
            break;
        case EventKind::Note:
        case EventKind::Lost:
        case EventKind::Host:
        case EventKind::Packet:
        case EventKind::Carried:
            add_own(past, index, lines);
            break;
        default:
            break;
    }
    return lines;
}

}  // namespace ipcscope
