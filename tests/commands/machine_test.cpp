// What a machine may deny, and what the user may do without: network lessons are played all the same, or it is said plainly why not.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/commands/program.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

constexpr int cannot = 77;

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// What has to do with the network.
std::vector<std::string> network_lessons() {
    std::vector<std::string> lessons;
    for (const std::string& line : lines_of(run_ipcscope({"list", "--json"}).out)) {
        const nlohmann::json about = nlohmann::json::parse(line);
        const std::string part = about.at("part");
        if (part == "Stream sockets" || part == "Names on the network" || part == "Live traffic") lessons.push_back(about.at("id"));
    }
    return lessons;
}

std::vector<std::string> check(std::vector<std::string> lessons, const std::string& option = "") {
    lessons.insert(lessons.begin(), "check");
    if (!option.empty()) lessons.insert(lessons.begin() + 1, option);
    return lessons;
}

Finished run_without(const std::string& what, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {WITHOUT_PROGRAM, what, IPCSCOPE_PROGRAM});
    return run_program(arguments);
}

// Each lesson has met its goals; but those that hold the packets of a handshake say in one sentence why they cannot be played.
void all_met_but_held(const Finished& finished, std::size_t lessons, const std::string& why) {
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    const std::vector<std::string> lines = lines_of(finished.out);
    EXPECT_EQ(lines.size(), lessons) << finished.out;
    for (const std::string& line : lines) {
        const bool is_held = line.find(" tcp-life ") != std::string::npos || line.find(" router ") != std::string::npos;
        EXPECT_EQ(line.starts_with("✓ "), !is_held) << line;
        const bool says_why = line.find("not checked: this lesson holds packets on a wire between hosts, and " + why) != std::string::npos;
        EXPECT_EQ(says_why, is_held) << line;
    }
    EXPECT_EQ(finished.err, "");
}

const std::vector<std::string> on_hosts = {"two-machines", "tcp-life"};

TEST(Machine, WithoutHostsByAnOption) {
    const std::vector<std::string> lessons = network_lessons();
    EXPECT_GE(lessons.size(), 12u);
    all_met_but_held(run_ipcscope(check(lessons, "--no-hosts")), lessons.size(), "you asked for none");
    const Finished run = run_ipcscope({"run", "--no-hosts", "two-machines"});
    EXPECT_NE(run.out.find("The hosts have no wire, as you asked: their programs run on one loopback"), std::string::npos) << run.out;
    EXPECT_NE(run.out.find("127.0.0.2:7000"), std::string::npos) << run.out;
}

TEST(Machine, WithoutTheTunDevice) {
    for (const char* what : {"tun", "device"}) {
        const Finished run = run_without(what, {"run", "two-machines"});
        if (run.status == cannot) continue;
        EXPECT_NE(run.out.find("This machine gives the hosts no wire ("), std::string::npos) << run.out;
        const bool has_namespaces = run.out.find("does not give the programs namespaces") == std::string::npos;
        EXPECT_EQ(run.out.find("getpid() = 2\n") != std::string::npos, has_namespaces) << "hosts still have pids of their own\n" << run.out;
        all_met_but_held(run_without(what, check(on_hosts)), 2, "this machine gives it none; `ipcscope doctor`");
        const Finished doctor = run_without(what, {"doctor"});
        EXPECT_NE(doctor.out.find("hosts are on one loopback, without the wire"), std::string::npos) << doctor.out;
    }
}

TEST(Machine, WithoutNamespaces) {
    const Finished run = run_without("namespaces", {"run", "two-machines"});
    if (run.status == cannot) GTEST_SKIP() << "no seccomp here";
    EXPECT_NE(run.out.find("This machine gives the hosts no wire (Operation not permitted)"), std::string::npos) << run.out;
    EXPECT_NE(run.out.find("does not give the programs namespaces of their own"), std::string::npos) << run.out;
    all_met_but_held(run_without("namespaces", check(on_hosts)), 2, "this machine gives it none");
    EXPECT_NE(run_without("namespaces", {"doctor"}).out.find("user and PID namespaces  "), std::string::npos);
}

// A lesson whose hosts have addresses of both families.
TEST(Machine, WithoutIPv6) {
    const Folder folder;
    folder.write("p.c", "#include <unistd.h>\nint main(void) { _exit(close(0)); }\n");
    folder.write("lesson.md",
                 "# T\n```lesson\nnumber: 1\npart: P\nteaches: t\nhosts: laptop 192.0.2.1 2001:db8::1, web 192.0.2.2 2001:db8::2\n"
                 "program: p.c on laptop, p.c web on web\nprocesses: a b\n```\n## S\n```step\na close(0) = 0\na _exit(0) ends\n```\n");
    const OwnDirectories own;
    const Finished with = run_ipcscope({"run", "--yes", folder.path()});
    const bool has_wire = with.out.find("no wire") == std::string::npos;
    const Finished run = run_without("ipv6", {"run", "--yes", folder.path()});
    if (run.status == cannot) GTEST_SKIP() << "no seccomp here";
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    EXPECT_EQ(run.out.find("This machine has no IPv6 (Address family not supported by protocol)") != std::string::npos, has_wire) << run.out;
    EXPECT_EQ(run.out.find("2001:db8"), std::string::npos) << run.out;
    EXPECT_EQ(with.out.find("2001:db8::2/64") != std::string::npos, has_wire) << with.out;
    EXPECT_NE(run_without("ipv6", {"doctor"}).out.find("lessons on IPv6 cannot be played"), std::string::npos);
}

}  // namespace
}  // namespace ipcscope
