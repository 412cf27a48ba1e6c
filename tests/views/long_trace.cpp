#include "tests/views/long_trace.h"

#include <time.h>

#include <algorithm>
#include <random>

#include "app/views/timeline_layout.h"
#include "app/views/view.h"
#include "tests/views/canvas.h"

namespace ipcscope {

namespace {

// This thread's own work, whoever else has the processor meanwhile.
class Stopwatch {
 public:
    double ms() const { return now() - begin_; }

 private:
    static double now() {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
    }
    double begin_ = now();
};

Event event_of(EventKind kind, ProcessId process, std::uint64_t& now, std::uint64_t step) {
    Event event;
    event.kind = kind;
    event.process = event.thread = process;
    event.stamp = now += step;
    return event;
}

}  // namespace

Trace long_trace(EventIndex events, ProcessId processes) {
    Trace trace;
    std::mt19937 random(42);
    std::uint64_t now = 0;
    for (ProcessId i = 0; i < processes; ++i) {
        Event born = event_of(EventKind::Born, i, now, 1000);
        born.value[0] = born.value[1] = static_cast<std::int64_t>(i) + 2;
        born.value[2] = i == 0 ? static_cast<std::int64_t>(no_id) : 0;
        trace.append(born, {});
        trace.append(event_of(EventKind::ThreadBorn, i, now, 1000), {});
    }
    std::vector<int> state(processes, 0);   // 0 in its own code, 1 in a call, 2 asleep in it
    std::vector<std::uint16_t> call(processes, 0);
    std::int64_t steps = 0;
    while (trace.size() < events) {
        const auto process = static_cast<ProcessId>(random() % processes);
        const std::uint64_t step = 50 + random() % 2000;
        if (state[process] == 0) {
            call[process] = static_cast<std::uint16_t>(random() % 2 == 0 ? CallId::read : CallId::write);
            Event enter = event_of(EventKind::Enter, process, now, step);
            enter.call = call[process];
            enter.value[0] = 1 + static_cast<std::int64_t>(random() % 2);
            enter.value[2] = 16;
            trace.append(enter, {});
            state[process] = 1;
        } else if (state[process] == 1 && random() % 8 == 0) {
            Event asleep = event_of(EventKind::Asleep, process, now, step);
            asleep.call = call[process];
            trace.append(asleep, {});
            state[process] = 2;
        } else {
            Event exit = event_of(EventKind::Exit, process, now, step);
            exit.call = call[process];
            exit.error = random() % 50 == 0 ? 11 : 0;
            exit.value[0] = exit.error ? -1 : 16;
            trace.append(exit, {});
            state[process] = 0;
            if (random() % 4 == 0) {
                Event quiet = event_of(EventKind::Quiet, no_id, now, 10);
                quiet.value[0] = ++steps;
                trace.append(quiet, {});
            }
        }
    }
    return trace;
}

TimelineCost measure_timeline(EventIndex events, ProcessId processes) {
    const Trace trace = long_trace(events, processes);
    Model model;
    for (EventIndex i = 0; i < std::min<EventIndex>(trace.size(), 4 * processes); ++i) model.apply(trace, i);
    TimelineCost cost;
    cost.events = trace.size();
    Timeline timeline;
    {
        const Stopwatch watch;
        timeline.index.update(trace);
        cost.index_ms = watch.ms();
    }
    Canvas canvas(1600, 1000, true, 1);
    const CallLog log;
    const std::vector<WitnessLine> witnesses;
    Selection selection;
    std::vector<Intent> intents;
    const ViewContext context{.theme = canvas.theme(),
                              .trace = trace,
                              .model = model,
                              .log = log,
                              .witnesses = witnesses,
                              .cursor = trace.size(),
                              .is_now = true,
                              .player = nullptr,
                              .next_thread = no_id,
                              .motion = {},
                              .selection = selection,
                              .intents = intents,
                              .prediction_focus = -1,
                              .timeline = timeline};
    canvas.pointer = {800, 150};
    const auto frame = [&] {
        double ms = 0;
        canvas.frame([&] {
            const Stopwatch watch;
            draw_timeline(context, {10, 10}, {1580, 310});
            ms = watch.ms();
        });
        return ms;
    };
    frame(), frame();
    for (const float wheel : {-1.0f, 1.0f}) {
        for (const TimelineScale scale : {TimelineScale::Order, TimelineScale::RealTime}) {
            choose_scale(timeline, scale);
            canvas.wheel = wheel;
            for (int i = 0; i < 90; ++i) cost.frame_ms = std::max(cost.frame_ms, frame());
            if (wheel < 0 && scale == TimelineScale::Order) cost.frame_everything_ms = frame();
        }
    }
    return cost;
}

}  // namespace ipcscope
