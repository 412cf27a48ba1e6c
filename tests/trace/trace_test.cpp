#include "core/trace/trace.h"

#include <gtest/gtest.h>

namespace ipcscope {
namespace {

Event event_of(EventKind kind, ThreadId thread = 0, CallId call = CallId::read, ProcessId process = 0) {
    Event event;
    event.kind = kind;
    event.process = process;
    event.thread = thread;
    event.call = static_cast<std::uint16_t>(call);
    return event;
}

TEST(Trace, PairsAnExitWithItsEnter) {
    Trace trace;
    const EventIndex enter = trace.append(event_of(EventKind::Enter), {});
    const EventIndex asleep = trace.append(event_of(EventKind::Asleep), {});
    const EventIndex exit = trace.append(event_of(EventKind::Exit), {});
    EXPECT_EQ(trace[enter].pair, exit);
    EXPECT_EQ(trace[exit].pair, enter);
    EXPECT_EQ(trace[asleep].pair, enter);
}

TEST(Trace, PairsNestedCallsInnermostFirst) {
    Trace trace;
    const EventIndex outer = trace.append(event_of(EventKind::Enter), {});
    const EventIndex inner = trace.append(event_of(EventKind::Enter, 0, CallId::close), {});
    const EventIndex granted = trace.append(event_of(EventKind::Granted, 0, CallId::close), {});
    const EventIndex inner_exit = trace.append(event_of(EventKind::Exit, 0, CallId::close), {});
    const EventIndex outer_exit = trace.append(event_of(EventKind::Exit), {});
    EXPECT_EQ(trace[inner].pair, inner_exit);
    EXPECT_EQ(trace[granted].pair, inner);
    EXPECT_EQ(trace[outer].pair, outer_exit);
}

TEST(Trace, KeepsThreadsApart) {
    Trace trace;
    trace.append(event_of(EventKind::ThreadBorn), {});
    trace.append(event_of(EventKind::ThreadBorn, 1), {});
    const EventIndex one = trace.append(event_of(EventKind::Enter, 0), {});
    const EventIndex other = trace.append(event_of(EventKind::Enter, 1), {});
    const EventIndex one_exit = trace.append(event_of(EventKind::Exit, 0), {});
    EXPECT_EQ(trace[one].pair, one_exit);
    EXPECT_EQ(trace[other].pair, no_id);
}

TEST(Trace, AForksChildReturnsFromWhatItNeverEntered) {
    Trace trace;
    trace.append(event_of(EventKind::ThreadBorn, 0), {});
    trace.append(event_of(EventKind::Enter, 0, CallId::fork), {});
    trace.append(event_of(EventKind::ThreadBorn, 1, CallId{}, 1), {});
    const EventIndex child = trace.append(event_of(EventKind::Exit, 1, CallId::fork, 1), {});
    EXPECT_EQ(trace[child].pair, no_id);
    EXPECT_EQ(trace[1].pair, no_id);
}

TEST(Trace, AJumpOutOfACallLeavesItWithoutAPair) {
    Trace trace;
    const EventIndex outer = trace.append(event_of(EventKind::Enter, 0, CallId::pause), {});
    const EventIndex inner = trace.append(event_of(EventKind::Enter, 0, CallId::write), {});
    const EventIndex exit = trace.append(event_of(EventKind::Exit, 0, CallId::pause), {});
    EXPECT_EQ(trace[outer].pair, exit);
    EXPECT_EQ(trace[inner].pair, no_id);
    const EventIndex stray = trace.append(event_of(EventKind::Exit, 0, CallId::pause), {});
    EXPECT_EQ(trace[stray].pair, no_id);
    EXPECT_EQ(trace[outer].pair, exit);
}

TEST(Trace, ANewProgramAnswersItsExec) {
    Trace trace;
    const EventIndex enter = trace.append(event_of(EventKind::Enter, 0, CallId::execve), {});
    const EventIndex image = trace.append(event_of(EventKind::Image, no_id, CallId{}), {});
    EXPECT_EQ(trace[enter].pair, image);
    EXPECT_EQ(trace[image].pair, enter);
    const EventIndex late = trace.append(event_of(EventKind::Exit, 0, CallId::execve), {});
    EXPECT_EQ(trace[late].pair, no_id);
}

TEST(Trace, EndedCallsMeetNoLaterExit) {
    Trace trace;
    const EventIndex enter = trace.append(event_of(EventKind::Enter), {});
    trace.append(event_of(EventKind::Ended, no_id, CallId{}), {});
    trace.append(event_of(EventKind::Exit), {});
    EXPECT_EQ(trace[enter].pair, no_id);
}

TEST(Trace, KeepsChunksByArgument) {
    Trace trace;
    EventBatch batch;
    const std::string path = "data.txt", bytes = "hello";
    const EventBatch::Piece pieces[] = {{0, std::as_bytes(std::span(path)), path.size()},
                                        {2, std::as_bytes(std::span(bytes)), 5000}};
    batch.add(event_of(EventKind::Enter), pieces);
    batch.add(event_of(EventKind::Note), std::string_view("text\0", 5));
    trace.append(batch);
    EXPECT_EQ(trace.text(trace[0], 0), "data.txt");
    EXPECT_EQ(trace.chunk(trace[0], 2)->true_length, 5000u);
    EXPECT_FALSE(trace.chunk(trace[0], 1));
    EXPECT_NE(trace[0].flags & Flag::Cut, 0);
    EXPECT_EQ(trace.text(trace[1]), "text");
    EXPECT_EQ(trace[1].flags & Flag::Cut, 0);
}

TEST(Trace, CountsWhatIsNoChunkAndKeepsTheEvent) {
    Trace trace;
    const std::vector<std::byte> garbage(11, std::byte{0xff});
    trace.append(event_of(EventKind::Enter), garbage);
    EXPECT_EQ(trace.damaged(), 1u);
    EXPECT_EQ(trace.size(), 1u);
    EXPECT_TRUE(trace.payload(trace[0]).empty());

    EventBatch batch;
    Event lying = event_of(EventKind::Enter);
    lying.payload = 7, lying.payload_size = 100;
    batch.events.push_back(lying);
    trace.append(batch);
    EXPECT_EQ(trace.damaged(), 2u);
}

TEST(Trace, AnImpossibleThreadTakesNoMemory) {
    Trace trace;
    trace.append(event_of(EventKind::Enter, 0xfffffff0u), {});
    EXPECT_EQ(trace.damaged(), 1u);
}

TEST(Trace, CountsLosses) {
    Trace trace;
    Event lost = event_of(EventKind::Lost, no_id);
    lost.value[0] = 3;
    trace.append(lost, {});
    trace.append(lost, {});
    EXPECT_EQ(trace.lost(), 6u);
}

TEST(Trace, PayloadsStayWhereTheyAreAsItGrows) {
    Trace trace;
    const std::string text(60000, 'x');
    for (int i = 0; i < 100; ++i) {
        EventBatch batch;
        batch.add(event_of(EventKind::Note, no_id), text + std::to_string(i));
        trace.append(batch);
    }
    for (EventIndex i = 0; i < 100; ++i) EXPECT_EQ(trace.text(trace[i]), text + std::to_string(i));
}

TEST(Trace, APacketMeetsTheCallThatWasGrantedLast) {
    Trace trace;
    const EventIndex sends = trace.append(event_of(EventKind::Enter, 0, CallId::write), {});
    trace.append(event_of(EventKind::Granted, 0, CallId::write), {});
    trace.append(event_of(EventKind::Exit, 0, CallId::write), {});
    trace.append(event_of(EventKind::Enter, 0, CallId::read), {});    // at the gate: it has caused nothing yet
    EXPECT_EQ(trace[trace.append(event_of(EventKind::Packet, 0), {})].pair, sends);
    Event nobodys;
    nobodys.kind = EventKind::Packet;
    EXPECT_EQ(trace[trace.append(nobodys, {})].pair, no_id);
}

}  // namespace
}  // namespace ipcscope
