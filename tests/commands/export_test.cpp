// `export`: packets as other tools read them. tshark, where it is there, reads the same from the file as our own lines say.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/trace/save.h"
#include "tests/commands/program.h"
#include "tests/lesson/folder.h"
#include "tests/model/real_packets.h"

namespace ipcscope {
namespace {

class Export : public ::testing::Test {
 protected:
    void add(EventKind kind, std::initializer_list<std::int64_t> values, std::string_view text) {
        Event event;
        event.kind = kind;
        event.stamp = 1'000'000 * trace_.size();
        std::copy(values.begin(), values.end(), event.value);
        EventBatch batch;
        batch.add(event, text);
        trace_.append(batch);
    }
    void add_packets() {
        add(EventKind::Host, {1, 1500}, "client");
        add(EventKind::Host, {2, 1500}, "web");
        std::int64_t number = 0;
        for (const RealPacket& packet : real_packets) {
            const std::vector<std::byte> bytes = packet.bytes();
            const std::int64_t from = packet.is_from_first ? 1 : 2;
            add(EventKind::Packet, {++number, from, 3 - from}, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
            add(EventKind::Carried, {number, static_cast<std::int64_t>(PacketFate::Delivered), 3 - from}, "");
        }
    }
    Finished run() {
        EXPECT_TRUE(save_trace(trace_, folder_.file("run")));
        return run_ipcscope({"export", folder_.file("run"), "-o", file()});
    }
    std::string file() const { return folder_.file("run.pcapng"); }

    Folder folder_;
    Trace trace_;
};

TEST_F(Export, WithoutPacketsThereIsASentenceAndNoFile) {
    add(EventKind::Note, {}, "nothing on the wire");
    const Finished finished = run();
    EXPECT_EQ(finished.status, 1);
    EXPECT_NE(finished.err.find("holds no packets"), std::string::npos) << finished.err;
    EXPECT_FALSE(std::filesystem::exists(file()));
}

// The whole way of a user: run, save, export, look. What tshark says of each packet, and we of its cause.
TEST_F(Export, ALessonOnPacketsSavedAndExported) {
    const Finished doctor = run_ipcscope({"run", "tcp-life", "--save", folder_.file("run")});
    if (doctor.out.find("cannot be played here") != std::string::npos) GTEST_SKIP() << doctor.out;
    ASSERT_EQ(doctor.status, 0) << doctor.out << doctor.err;
    const Finished exported = run_ipcscope({"export", folder_.file("run"), "-o", file()});
    ASSERT_EQ(exported.status, 0) << exported.err;
    if (run_program({"tshark", "--version"}).status != 0) GTEST_SKIP() << "there is no tshark here to compare with";
    const Finished told = run_program({"tshark", "-n", "-r", file(), "-T", "fields", "-E", "separator= ", "-e", "frame.interface_name", "-e", "tcp.flags.str",
                                       "-e", "frame.comment"});
    ASSERT_EQ(told.status, 0) << told.err;
    EXPECT_NE(told.out.find("S· caused by client  connect("), std::string::npos) << told.out;
    const Finished expert = run_program({"tshark", "-n", "-r", file(), "-Y", "_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0", "-o",
                                         "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"});
    EXPECT_EQ(expert.out, "");
}

TEST_F(Export, ARecordingThatCannotBeWrittenIsASentence) {
    for (const std::vector<std::string>& command : {std::vector<std::string>{"run", "one-call", "--save", "/nowhere/run"}, {"trace", "--save", "/nowhere/run", "--", "true"}}) {
        const Finished finished = run_ipcscope(command);
        EXPECT_NE(finished.status, 0);
        EXPECT_NE(finished.err.find("/nowhere/run"), std::string::npos) << finished.err;
    }
}

TEST_F(Export, WhatIsNoRecordingIsASentence) {
    folder_.write("run", "something else");
    const Finished finished = run_ipcscope({"export", folder_.file("run"), "-o", file()});
    EXPECT_EQ(finished.status, 1);
    EXPECT_EQ(finished.err.substr(0, 10), "ipcscope: ");
}

TEST_F(Export, TsharkReadsTheSame) {
    if (run_program({"tshark", "--version"}).status != 0) GTEST_SKIP() << "there is no tshark here to compare with";
    add_packets();
    ASSERT_EQ(run().status, 0);
    std::vector<std::string> command = {"tshark", "-n", "-r", file(), "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y", "tcp",
                                        "-T", "fields", "-E", "separator= "};
    for (const char* field : {"frame.interface_name", "tcp.srcport", "tcp.seq", "tcp.ack", "tcp.window_size", "tcp.checksum.status", "frame.comment"})
        command.insert(command.end(), {"-e", field});
    const Finished told = run_program(command);
    ASSERT_EQ(told.status, 0) << told.err;
    std::istringstream lines(told.out);
    std::vector<std::string> all;
    for (std::string line; std::getline(lines, line);) all.push_back(line);
    ASSERT_GE(all.size(), 10u) << told.out;
    EXPECT_EQ(all[0], "client 43520 0 0 64240 1 delivered to web");
    EXPECT_EQ(all[1], "web 80 0 1 65160 1 delivered to client");
    EXPECT_EQ(all[3], "client 43520 1 1 64512 1 delivered to web");
    EXPECT_EQ(all[5], "web 80 1 6 65536 1 delivered to client");
    EXPECT_EQ(all[7], "client 43520 6 8 64512 1 delivered to web");
    EXPECT_EQ(all[9], "web 81 1 1 0 1 delivered to client");
}

}  // namespace
}  // namespace ipcscope
