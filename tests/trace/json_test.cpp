#include "core/trace/json.h"

#include <gtest/gtest.h>

#include "tests/trace/random_trace.h"

namespace ipcscope {
namespace {

TEST(Json, TellsACallByItsNames) {
    EventBatch batch;
    Event enter;
    enter.kind = EventKind::Enter;
    enter.process = enter.thread = 0;
    enter.stamp = 1500;
    enter.flags = Flag::Held;
    enter.call = static_cast<std::uint16_t>(CallId::write);
    enter.value[0] = 4, enter.value[1] = 4096, enter.value[2] = 6;
    const std::string bytes = "hi\\\n\xff\x01";
    const EventBatch::Piece piece{1, std::as_bytes(std::span(bytes)), bytes.size()};
    batch.add(enter, std::span(&piece, 1));
    Event exit = enter;
    exit.kind = EventKind::Exit;
    exit.flags = 0;
    exit.error = 32;
    exit.value[0] = -1;
    batch.add(exit);
    Trace trace;
    trace.append(batch);
    EXPECT_EQ(json_from_event(trace, 0),
              R"({"index":0,"time_ns":1500,"kind":"Enter","process":0,"thread":0,"call":"write","flags":["Held"],)"
              R"("arguments":{"fd":4,"buf":4096,"count":6},"pair":1,)"
              R"("chunks":[{"argument":1,"name":"buf","text":"hi\\\\\\x0a\\xff\\x01","true_length":6}]})");
    EXPECT_EQ(
        json_from_event(trace, 1),
        R"({"index":1,"time_ns":1500,"kind":"Exit","process":0,"thread":0,"call":"write","error":"EPIPE","result":-1,"pair":0})");
}

TEST(Json, SafeTextKeepsLettersAndNothingDangerous) {
    EXPECT_EQ(safe_text_from_bytes("pâté 茶"), "pâté 茶");
    EXPECT_EQ(safe_text_from_bytes("\x1b[2J"), "\\x1b[2J");
    EXPECT_EQ(safe_text_from_bytes("\xe2\x80\xae"), "\\xe2\\x80\\xae");   // right-to-left override
    EXPECT_EQ(safe_text_from_bytes("\xc0\x80\xed\xa0\x80\xf8"), "\\xc0\\x80\\xed\\xa0\\x80\\xf8");
    EXPECT_EQ(safe_text_from_bytes("\xc2"), "\\xc2");
    EXPECT_EQ(safe_text_from_bytes("\xc2\x9b"), "\\xc2\\x9b");            // a C1 control: CSI
}

TEST(Json, AnyEventIsOneLine) {
    const Trace trace = random_trace(5, 500);
    for (EventIndex i = 0; i < trace.size(); ++i) {
        const std::string line = json_from_event(trace, i);
        EXPECT_EQ(line.find('\n'), std::string::npos);
        EXPECT_TRUE(line.starts_with('{') && line.ends_with('}'));
    }
}

}  // namespace
}  // namespace ipcscope
