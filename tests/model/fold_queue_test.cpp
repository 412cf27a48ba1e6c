// Message queues: the order of taking, whoever waits for room, and what outlives whom.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <mqueue.h>
#include <sys/msg.h>

#include <algorithm>
#include <cerrno>

#include "core/model/explain.h"
#include "core/model/witness.h"
#include "tests/model/script.h"

namespace ipcscope {
namespace {

template <class T>
Bytes as_bytes(int argument, const T& value) {
    return bytes(argument, std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
}

Bytes typed(int argument, long type, std::string_view text) {
    return bytes(argument, std::string(reinterpret_cast<const char*>(&type), sizeof type) + std::string(text));
}

// A queue "/q" for two messages of at most 16 bytes: 3 in both processes.
class PosixQueue : public ::testing::Test {
 protected:
    PosixQueue() : run({"sender", "receiver"}), sender(run.launch()) {
        const mq_attr limits{.mq_flags = 0, .mq_maxmsg = 2, .mq_msgsize = 16, .mq_curmsgs = 0, .__pad = {}};
        run.enter(sender, CallId::mq_open, {1, O_RDWR | O_CREAT | O_EXCL, 0600, 1}, {bytes(0, "/q"), as_bytes(3, limits)}).exit(3);
        receiver = run.fork(sender, 3);
    }
    const Object& queue() const { return run.model.objects()[1]; }
    std::vector<std::string> inside() const {
        std::vector<std::string> texts;
        for (const MessageId id : queue().inside) texts.push_back(run.model.messages()[id].bytes);
        return texts;
    }
    Script::Open send_begin(std::string_view text, unsigned priority) {
        return run.enter(sender, CallId::mq_send, {3, 1, static_cast<std::int64_t>(text.size()), priority}, {bytes(1, text)});
    }
    void send(std::string_view text, unsigned priority) { send_begin(text, priority).exit(0); }
    Script::Open receive_begin() { return run.enter(receiver, CallId::mq_receive, {3, 1, 16, 1}); }
    void receive(std::string_view text, unsigned priority) {
        receive_begin().exit(static_cast<std::int64_t>(text.size()), {bytes(1, text), as_bytes(3, priority)});
    }

    Script run;
    Actor sender, receiver;
};

TEST_F(PosixQueue, IsADescriptorThatAnExecCloses) {
    EXPECT_EQ(queue().kind, ObjectKind::MessageQueue);
    EXPECT_EQ(queue().name, "mq /q");
    EXPECT_TRUE(run.process(sender).descriptor(3)->close_on_exec);
    EXPECT_EQ(run.lines().front(), R"(sender  mq_open("/q", O_RDWR|O_CREAT|O_EXCL, 0600, {mq_flags=0, mq_maxmsg=2, mq_msgsize=16, mq_curmsgs=0}) = 3)");
}

TEST_F(PosixQueue, TheHighestPriorityIsTakenFirstThenTheOldest) {
    send("low", 1);
    send("high", 9);
    EXPECT_EQ(inside(), (std::vector<std::string>{"high", "low"}));
    receive("high", 9);
    send("also", 1);
    EXPECT_EQ(inside(), (std::vector<std::string>{"low", "also"}));
    EXPECT_EQ(run.model.surprises(), 0u);
    EXPECT_EQ(run.lines().back(), R"(sender  mq_send(3 mq /q, "also", 4, 1) = 0)");
}

TEST_F(PosixQueue, AMessageIsThereBeforeItsSendHasReturned) {
    auto receive = receive_begin();
    receive.asleep("do_mq_timedreceive");
    EXPECT_EQ(run.thread_of(receiver).waits_for, queue().id);
    auto send = send_begin("hi", 5);
    receive.exit(2, {bytes(1, "hi"), as_bytes(3, 5u)});
    send.exit(0);
    EXPECT_TRUE(inside().empty());
    EXPECT_EQ(run.model.messages()[0].takings.size(), 1u);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(PosixQueue, WhoeverWaitsForRoomGetsItWhenSomethingIsTaken) {
    send("a", 0);
    send("b", 0);
    auto third = send_begin("c", 9);
    third.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, sender.thread), "the queue is full: 2 of 2 messages are in it, and nobody has taken one yet");
    EXPECT_EQ(inside(), (std::vector<std::string>{"a", "b"}));
    receive("a", 0);
    EXPECT_EQ(inside(), (std::vector<std::string>{"c", "b"}));
    third.exit(0);
    EXPECT_EQ(inside(), (std::vector<std::string>{"c", "b"}));
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(PosixQueue, ASleepingSenderThatDiesTakesItsMessageAlong) {
    send("a", 0);
    send("b", 0);
    send_begin("c", 9).abandon();
    receive("a", 0);
    EXPECT_EQ(inside(), (std::vector<std::string>{"b"}));
}

TEST_F(PosixQueue, AFailedSendLeavesNothing) {
    send_begin("too late", 1).fail(ETIMEDOUT);
    send_begin("17 bytes too long", 1).fail(EMSGSIZE);
    EXPECT_TRUE(inside().empty());
}

TEST_F(PosixQueue, OutlivesItsDescriptorsUntilItIsUnlinked) {
    send("left", 1);
    run.enter(sender, CallId::mq_close, {3}).exit(0);
    run.enter(receiver, CallId::mq_close, {3}).exit(0);
    EXPECT_FALSE(queue().has_ended);
    run.enter(sender, CallId::mq_open, {1, O_RDONLY}, {bytes(0, "/q")}).exit(3);
    EXPECT_EQ(run.model.objects().size(), 2u) << "it is the same queue";
    run.enter(sender, CallId::mq_unlink, {1}, {bytes(0, "/q")}).exit(0);
    EXPECT_EQ(inside().size(), 1u);
    run.enter(sender, CallId::close, {3}).exit(0);
    EXPECT_TRUE(queue().has_ended);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(PosixQueue, WhoAskedIsToldOnce) {
    run.enter(receiver, CallId::mq_notify, {3, 1}).exit(0);
    EXPECT_EQ(queue().queue->notifies, receiver.process);
    send("here", 1);
    EXPECT_EQ(queue().queue->notifies, no_id);
}

TEST_F(PosixQueue, TheKernelsWordIsCompared) {
    send("four", 1);
    const auto fact = [&](std::int64_t count, std::int64_t bytes) {
        run.fact(sender, FactKind::MessageQueue, {3, count, std::int64_t{2} << 32 | 16, bytes, 0}, "mqueue:/q");
        run.quiet();
        const std::vector<WitnessLine> lines = compare(run.trace, run.model);
        return std::ranges::count(lines, false, &WitnessLine::agrees);
    };
    EXPECT_EQ(fact(1, 4), 0);
    EXPECT_EQ(fact(2, 4), 1);
    EXPECT_EQ(fact(1, 5), 1);
    EXPECT_EQ(run.model.surprises(), 0u);
}

class SystemVQueue : public ::testing::Test {
 protected:
    SystemVQueue() : run({"server", "client"}), server(run.launch()) {
        run.enter(server, CallId::msgget, {0x1234, IPC_CREAT | IPC_EXCL | 0600}).exit(7);
        client = run.fork(server, 3);
    }
    const Object& queue() const { return run.model.objects()[1]; }
    Script::Open send_begin(long type, std::string_view text) {
        return run.enter(server, CallId::msgsnd, {7, 1, static_cast<std::int64_t>(text.size()), 0}, {typed(1, type, text)});
    }
    Script::Open receive_begin(long type) { return run.enter(client, CallId::msgrcv, {7, 1, 16, type, 0}); }

    Script run;
    Actor server, client;
};

TEST_F(SystemVQueue, AReceiverTakesItsTypeAndLeavesTheOthers) {
    send_begin(2, "milk").exit(0);
    auto receive = receive_begin(1);
    receive.asleep();
    EXPECT_EQ(reason_asleep(run.trace, run.model, client.thread), "the one message in the queue is not of type 1");
    send_begin(1, "tea").exit(0);
    receive.exit(3, typed(1, 1, "tea"));
    ASSERT_EQ(queue().inside.size(), 1u);
    EXPECT_EQ(run.model.messages()[queue().inside[0]].bytes, "milk");
    EXPECT_EQ(run.lines().front(), "server  msgget(0x1234, IPC_CREAT|IPC_EXCL|0600) = 7");
    EXPECT_EQ(run.lines().back(), R"(server  msgsnd(7 msg#1, {mtype=1, mtext="tea"}, 3, 0) = 0)");
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(SystemVQueue, RemovalEndsItAndItsMessages) {
    send_begin(2, "milk").exit(0);
    auto receive = receive_begin(1);
    receive.asleep();
    run.enter(server, CallId::msgctl, {7, IPC_RMID, 0}).exit(0);
    receive.fail(EIDRM);
    EXPECT_TRUE(queue().has_ended);
    EXPECT_TRUE(queue().inside.empty());
    EXPECT_EQ(run.model.object_at("msqid:7"), nullptr);
    EXPECT_EQ(run.model.surprises(), 0u);
}

TEST_F(SystemVQueue, ALookTakesNothing) {
    send_begin(2, "milk").exit(0);
    run.enter(client, CallId::msgrcv, {7, 1, 16, 0, MSG_COPY | IPC_NOWAIT}).exit(4, typed(1, 2, "milk"));
    EXPECT_EQ(queue().inside.size(), 1u);
}

TEST_F(SystemVQueue, TheKernelsWordIsCompared) {
    send_begin(2, "milk").exit(0);
    const auto disagreements = [&](std::int64_t type, std::string_view text) {
        run.fact(server, FactKind::SysVQueue, {7, 0x1234, 1, 4, 16384}, "lspid 2, lrpid 0");
        run.fact(server, FactKind::SysVMessage, {7, 0, type, static_cast<std::int64_t>(text.size())}, text);
        run.quiet();
        const std::vector<WitnessLine> lines = compare(run.trace, run.model);
        EXPECT_GE(lines.size(), 3u);
        return std::ranges::count(lines, false, &WitnessLine::agrees);
    };
    EXPECT_EQ(disagreements(2, "milk"), 0);
    EXPECT_EQ(disagreements(1, "milk"), 1);
    EXPECT_EQ(disagreements(2, "mild"), 1);
}

}  // namespace
}  // namespace ipcscope
