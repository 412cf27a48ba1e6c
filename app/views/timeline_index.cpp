#include "app/views/timeline_index.h"

#include <algorithm>

namespace ipcscope {

namespace {

constexpr std::uint32_t no_bar = 0xffffffffu;
constexpr std::uint32_t max_id = 1u << 17;   // identities come from recordings too: a damaged one must not fill the memory

TimelineRange range_of(std::uint32_t slot, std::uint32_t slot_end, std::uint64_t ns, std::uint64_t ns_end,
                       TimelineScale scale) {
    if (scale == TimelineScale::Order) return {static_cast<double>(slot), static_cast<double>(slot_end)};
    return {static_cast<double>(ns), static_cast<double>(ns_end)};
}

TimelineSpan span_of(const TimelineBar& bar) {
    TimelineSpan span{bar.slot, bar.slot_end, bar.ns, bar.ns_end};
    span.calls = 1;
    span.injected = (bar.flags & Flag::Injected) != 0 ? 1 : 0;
    return span;
}

}  // namespace

TimelineRange TimelineBar::range(TimelineScale scale) const { return range_of(slot, slot_end, ns, ns_end, scale); }
TimelineRange TimelineSpan::range(TimelineScale scale) const { return range_of(slot, slot_end, ns, ns_end, scale); }

void TimelineSpan::add(const TimelineSpan& other) {
    slot = std::min(slot, other.slot);
    slot_end = std::max(slot_end, other.slot_end);
    ns = std::min(ns, other.ns);
    ns_end = std::max(ns_end, other.ns_end);
    calls += other.calls;
    asleep += other.asleep;
    failed += other.failed;
    injected += other.injected;
}

std::uint32_t TimelineLane::add(const TimelineBar& bar) {
    const auto place = static_cast<std::uint32_t>(bars_.size());
    bars_.push_back(bar);
    open_.push_back(place);
    const TimelineSpan span = span_of(bar);
    std::size_t index = place / fan_out;
    for (std::size_t level = 0;; ++level, index /= fan_out) {
        if (level == levels_.size()) {
            // A new top: it begins as the sum of the level that has outgrown itself.
            if (level > 0 && levels_[level - 1].size() <= fan_out) return place;
            levels_.emplace_back();
            if (level > 0) {
                for (std::size_t i = 0; i < levels_[level - 1].size(); ++i) {
                    if (i % fan_out == 0) levels_[level].push_back(levels_[level - 1][i]);
                    else levels_[level].back().add(levels_[level - 1][i]);
                }
                continue;
            }
        }
        if (index == levels_[level].size()) levels_[level].push_back(span);
        else levels_[level][index].add(span);
    }
}

void TimelineLane::amend(std::uint32_t bar, const TimelineSpan& more) {
    std::size_t index = bar / fan_out;
    for (std::vector<TimelineSpan>& level : levels_) {
        level[index].add(more);
        index /= fan_out;
    }
}

void TimelineLane::close(std::uint32_t bar) { std::erase(open_, bar); }

void TimelineIndex::update(const Trace& trace) {
    for (; size_ < trace.size(); ++size_) take(trace, size_);
}

void TimelineIndex::take(const Trace& trace, EventIndex index) {
    const Event& event = trace[index];
    bar_by_enter_.push_back(no_bar);
    last_ns_ = std::max(last_ns_, event.stamp);
    switch (event.kind) {
        case EventKind::Enter:
            if ((event.flags & Flag::Held) == 0) begin_bar(event, index, index, event);
            break;
        case EventKind::Granted:
            if (event.pair < index) begin_bar(trace[event.pair], event.pair, index, event);
            break;
        case EventKind::Exit:
        case EventKind::Abandoned:
        case EventKind::Image:
            if (event.pair < index && bar_by_enter_[event.pair] != no_bar)
                end_bar(trace[event.pair].process, bar_by_enter_[event.pair], event, index);
            break;
        case EventKind::Asleep: note_sleep(trace, event, index); break;
        case EventKind::Born: note_birth(trace, event, index); break;
        case EventKind::Ended:
            if (event.process >= max_id) break;
            end_calls(event, index);
            lane(event.process).ended = moment_now(event, index);
            lane(event.process).wait_status = event.value[0];
            break;
        case EventKind::Quiet: steps_.push_back(moment_now(event, index)); break;
        default: break;
    }
}

TimelineLane& TimelineIndex::lane(ProcessId process) {
    if (process >= lanes_.size()) lanes_.resize(process + 1);
    return lanes_[process];
}

void TimelineIndex::begin_bar(const Event& enter, EventIndex enter_at, EventIndex begin_at, const Event& begin) {
    if (enter.process >= max_id || bar_by_enter_[enter_at] != no_bar) return;
    TimelineBar bar;
    bar.enter = enter_at;
    bar.begin = begin_at;
    bar.slot = slots();
    bar.slot_end = bar.slot + 1;
    bar.ns = bar.ns_end = begin.stamp;
    bar.call = enter.call;
    bar.flags = enter.flags;
    slot_events_.push_back(begin_at);
    bar_by_enter_[enter_at] = lane(enter.process).add(bar);
}

void TimelineIndex::end_bar(ProcessId process, std::uint32_t place, const Event& event, EventIndex at) {
    TimelineLane& here = lane(process);
    TimelineBar& bar = here.bars_[place];
    if (!bar.is_open()) return;
    bar.end = at;
    bar.slot_end = std::max(bar.slot + 1, slots());
    bar.ns_end = std::max(bar.ns, event.stamp);
    bar.has_failed = event.kind == EventKind::Exit && event.error != 0;
    TimelineSpan more{bar.slot, bar.slot_end, bar.ns, bar.ns_end};
    more.failed = bar.has_failed ? 1 : 0;
    here.amend(place, more);
    here.close(place);
}

void TimelineIndex::end_calls(const Event& event, EventIndex at) {
    const std::vector<std::uint32_t> open = lane(event.process).open_;
    for (const std::uint32_t bar : open) end_bar(event.process, bar, event, at);
}

void TimelineIndex::note_sleep(const Trace& trace, const Event& event, EventIndex at) {
    if (event.pair >= at || bar_by_enter_[event.pair] == no_bar) return;
    TimelineLane& here = lane(trace[event.pair].process);
    const std::uint32_t place = bar_by_enter_[event.pair];
    TimelineBar& bar = here.bars_[place];
    if (bar.asleep != no_id) return;
    bar.asleep = at;
    TimelineSpan more{bar.slot, bar.slot_end, bar.ns, bar.ns_end};
    more.asleep = 1;
    here.amend(place, more);
}

void TimelineIndex::note_birth(const Trace& trace, const Event& event, EventIndex at) {
    if (event.process >= max_id) return;
    TimelineLane& here = lane(event.process);
    here.born = moment_now(event, at);
    const auto parent = event.value[2] < 0 ? no_id : static_cast<ProcessId>(event.value[2]);
    if (parent >= lanes_.size()) return;
    here.parent = parent;
    for (const std::uint32_t open : lanes_[parent].open_) {
        const TimelineBar& bar = lanes_[parent].bars_[open];
        const Effect effect = is_call(trace[bar.enter].call) ? row_of(static_cast<CallId>(bar.call)).effect : Effect::Asks;
        if (effect == Effect::Forks || effect == Effect::Spawns) here.made_by = bar.enter;
    }
}

TimelineMoment TimelineIndex::moment(const Trace& trace, EventIndex at) const {
    const auto slot = std::lower_bound(slot_events_.begin(), slot_events_.end(), at) - slot_events_.begin();
    return {at, static_cast<std::uint32_t>(slot), at < trace.size() ? trace[at].stamp : last_ns_};
}

EventIndex TimelineIndex::cursor_at(const Trace& trace, TimelineScale scale, double position) const {
    if (scale == TimelineScale::Order) {
        if (position + 1 >= slots()) return no_id;
        return slot_events_[static_cast<std::size_t>(std::max(0.0, position + 1))];
    }
    if (position >= static_cast<double>(last_ns_)) return no_id;
    EventIndex begin = 0, end = std::min(size_, trace.size());
    while (begin < end) {   // stamps rise but for the little by which threads' clocks and the order differ
        const EventIndex middle = begin + (end - begin) / 2;
        if (static_cast<double>(trace[middle].stamp) <= position) begin = middle + 1;
        else end = middle;
    }
    return begin < trace.size() ? begin : no_id;
}

const TimelineBar* TimelineIndex::bar_of(const Trace& trace, EventIndex enter) const {
    if (enter >= bar_by_enter_.size() || bar_by_enter_[enter] == no_bar) return nullptr;
    return &lanes_[trace[enter].process].bars_[bar_by_enter_[enter]];
}

}  // namespace ipcscope
