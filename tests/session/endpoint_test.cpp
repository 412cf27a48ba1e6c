// A real endpoint, and the kernel's own sockets at the other end.
#include "core/session/endpoint.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/session/endpoint_talk.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

using namespace std::chrono_literals;
using Kind = EndpointEventKind;

constexpr auto deadline = 20s;

// What was told, with bytes of its own.
struct Told {
    EndpointEvent event;
    std::string bytes;
};

class Held {
 public:
    Held(const std::string& verb, EndpointKind kind, const std::string& address, EndpointPace pace = {}) {
        EndpointPlan plan;
        plan.kind = kind;
        plan.listens = verb == "listen";
        plan.address = *read_endpoint_address(kind, address);
        plan.pace = pace;
        const auto opened = desk.open(plan, [this](const EndpointEvent& event) { told.push_back({event, std::string(event.bytes)}); });
        if (!opened) sentence = opened.sentence();
    }

    template <class Condition>
    bool until(Condition is_met) {
        const auto end = std::chrono::steady_clock::now() + deadline;
        for (bool is = false; !is; desk.run_for(1ms)) {
            is = is_met();
            if (is || std::chrono::steady_clock::now() > end) return is;
        }
        return true;
    }

    const Told* last(Kind kind) const {
        const auto found = std::find_if(told.rbegin(), told.rend(), [&](const Told& one) { return one.event.kind == kind; });
        return found == told.rend() ? nullptr : &*found;
    }
    bool hears(Kind kind) { return until([&] { return last(kind) != nullptr; }); }
    std::string all_received() const {
        std::string all;
        for (const Told& one : told)
            if (one.event.kind == Kind::Received) all += one.bytes;
        return all;
    }
    std::string order(const std::string& line) {
        const auto read = read_endpoint_order(line);
        if (!read) return read.sentence();
        const auto done = desk.endpoint()->carry_out(*read);
        return done ? "" : done.sentence();
    }

    EndpointDesk desk;
    std::vector<Told> told;
    std::string sentence;
};

struct Way {
    EndpointKind kind;
    const char* address;
};

std::string abstract_name(const std::string& word) { return "@ipcscope-" + word + "-" + std::to_string(getpid()); }

UniqueFd connect_to(const SocketAddress& address, int type, bool has_name = false) {
    UniqueFd made(socket(address.family, type | SOCK_CLOEXEC, 0));
    const sockaddr_un unnamed{.sun_family = AF_UNIX, .sun_path = {}};
    const bool names_itself = has_name && address.family == AF_UNIX && type == SOCK_DGRAM;
    EXPECT_EQ(names_itself ? bind(made.get(), reinterpret_cast<const sockaddr*>(&unnamed), sizeof unnamed.sun_family) : 0, 0);
    const KernelAddress at = kernel_address_from(address);
    EXPECT_EQ(connect(made.get(), at.get(), at.length), 0) << text_of_address(address) << ": " << strerror(errno);
    return made;
}

UniqueFd listen_at(const SocketAddress& address, int type) {
    UniqueFd made(socket(address.family, type | SOCK_CLOEXEC, 0));
    const KernelAddress at = kernel_address_from(address);
    EXPECT_EQ(bind(made.get(), at.get(), at.length), 0);
    EXPECT_EQ(type == SOCK_STREAM ? listen(made.get(), 5) : 0, 0);
    return made;
}

std::string receive(Held& held, int socket, std::size_t length) {
    std::string got;
    held.until([&] {
        char bytes[4096];
        const ssize_t some = recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
        if (some > 0) got.append(bytes, static_cast<std::size_t>(some));
        return some == 0 || got.size() >= length;
    });
    return got;
}

int end_of(Held& held, int socket) {
    int error = -1;
    held.until([&] {
        char byte;
        const ssize_t some = recv(socket, &byte, 1, MSG_DONTWAIT);
        if (some == 0) error = 0;
        else if (some < 0 && errno != EAGAIN) error = errno;
        return error >= 0;
    });
    return error;
}

class Endpoints : public ::testing::TestWithParam<Way> {
 protected:
    EndpointKind kind() const { return GetParam().kind; }
    int type() const { return is_stream(kind()) ? SOCK_STREAM : SOCK_DGRAM; }
    std::string address() const { return is_unix(kind()) && !strchr(GetParam().address, '/') ? abstract_name(GetParam().address) : GetParam().address; }
};

TEST_P(Endpoints, ListensAndEchoes) {
    Held held("listen", kind(), address(), {.echoes = true, .bytes_a_second = {}});
    ASSERT_EQ(held.sentence, "");
    ASSERT_TRUE(held.hears(Kind::Listening));
    const UniqueFd visitor = connect_to(held.desk.endpoint()->local(), type(), true);
    ASSERT_EQ(send(visitor.get(), "hello", 5, 0), 5);
    EXPECT_EQ(receive(held, visitor.get(), 5), "hello");
    ASSERT_TRUE(held.hears(Kind::Sent));
    EXPECT_EQ(held.last(Kind::Received)->bytes, "hello");
    EXPECT_EQ(held.last(Kind::Sent)->bytes, "hello");
    const EndpointEvent& event = held.last(Kind::Received)->event;
    EXPECT_EQ(event.peer, 1u);
    EXPECT_EQ(event.remote, own_address_of(visitor.get()));
    ASSERT_TRUE(event.process);
    EXPECT_EQ(event.process->pid, getpid());
    EXPECT_EQ(event.process->name, "session_test");
    EXPECT_LT(std::chrono::system_clock::now() - event.at, deadline);
}

TEST_P(Endpoints, CallsAndSends) {
    const UniqueFd door = listen_at(*read_endpoint_address(kind(), address()), type());
    const SocketAddress where = own_address_of(door.get());
    const std::string text = is_unix(kind()) ? address() : text_of_address(where);
    Held held("connect", kind(), text);
    ASSERT_EQ(held.sentence, "");
    EXPECT_EQ(held.order("hex 48 65"), "");
    EXPECT_EQ(held.order("send l\\x6co"), "");
    ASSERT_TRUE(held.hears(Kind::Connected));
    const UniqueFd taken = type() == SOCK_STREAM ? UniqueFd(accept4(door.get(), nullptr, nullptr, SOCK_CLOEXEC)) : UniqueFd();
    const int other = taken ? taken.get() : door.get();
    EXPECT_EQ(receive(held, other, 5), "Hello");
    const KernelAddress back = kernel_address_from(held.desk.endpoint()->peers().at(0).local);
    ASSERT_EQ(taken ? send(other, "you", 3, 0) : sendto(other, "you", 3, 0, back.get(), back.length), 3);
    ASSERT_TRUE(held.hears(Kind::Received));
    EXPECT_EQ(held.all_received(), "you");
    EXPECT_EQ(held.order("close"), "");
    ASSERT_TRUE(held.hears(Kind::Closed));
    EXPECT_TRUE(held.desk.endpoint()->is_over());
    EXPECT_FALSE(held.desk.endpoint()->is_sending());
}

INSTANTIATE_TEST_SUITE_P(Kinds, Endpoints,
                         ::testing::Values(Way{EndpointKind::Tcp, "0"}, Way{EndpointKind::Udp, "0"}, Way{EndpointKind::UnixStream, "stream"},
                                           Way{EndpointKind::UnixDatagrams, "datagrams"}),
                         [](const auto& info) { return std::string(is_unix(info.param.kind) ? info.param.address : name_of(info.param.kind)); });

bool has_ipv6() {
    const UniqueFd made(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const KernelAddress at = kernel_address_from(*read_endpoint_address(EndpointKind::Tcp, "[::1]:0"));
    return made && bind(made.get(), at.get(), at.length) == 0;
}

TEST(Endpoint, SpeaksIPv6) {
    for (const EndpointKind kind : {EndpointKind::Tcp, EndpointKind::Udp}) {
        Held held("listen", kind, "[::1]:0", {.echoes = true, .bytes_a_second = {}});
        if (!has_ipv6()) {
            EXPECT_NE(held.sentence.find("take 127.0.0.1"), std::string::npos) << held.sentence;
            continue;
        }
        ASSERT_EQ(held.sentence, "");
        const UniqueFd visitor = connect_to(held.desk.endpoint()->local(), kind == EndpointKind::Tcp ? SOCK_STREAM : SOCK_DGRAM);
        ASSERT_EQ(send(visitor.get(), "six", 3, 0), 3);
        EXPECT_EQ(receive(held, visitor.get(), 3), "six");
        EXPECT_EQ(held.last(Kind::Received)->event.process.value_or(SocketOwner{}).pid, getpid());
    }
}

TEST(Endpoint, HalfClosesAndGoesOnReading) {
    for (const char* address : {"0", "half"}) {
        const EndpointKind kind = *address == '0' ? EndpointKind::Tcp : EndpointKind::UnixStream;
        Held held("listen", kind, is_unix(kind) ? abstract_name(address) : address);
        const UniqueFd visitor = connect_to(held.desk.endpoint()->local(), SOCK_STREAM);
        ASSERT_TRUE(held.hears(Kind::Connected));
        EXPECT_EQ(held.order("say last"), "");
        EXPECT_EQ(held.order("half-close"), "");
        EXPECT_EQ(receive(held, visitor.get(), 5), "last\n");
        EXPECT_EQ(end_of(held, visitor.get()), 0);
        EXPECT_NE(held.order("send more"), "");
        ASSERT_EQ(send(visitor.get(), "still", 5, 0), 5);
        ASSERT_TRUE(held.hears(Kind::Received));
        EXPECT_EQ(held.all_received(), "still");
        shutdown(visitor.get(), SHUT_WR);
        EXPECT_TRUE(held.hears(Kind::Closed)) << "both have finished";
        EXPECT_TRUE(held.last(Kind::PeerFinished));
        EXPECT_TRUE(held.desk.endpoint()->peers().empty());
        EXPECT_FALSE(held.desk.endpoint()->is_over()) << "another may come";
    }
}

TEST(Endpoint, ResetsWhichThePeerSees) {
    Held held("listen", EndpointKind::Tcp, "0");
    const UniqueFd first = connect_to(held.desk.endpoint()->local(), SOCK_STREAM);
    const UniqueFd second = connect_to(held.desk.endpoint()->local(), SOCK_STREAM);
    ASSERT_TRUE(held.until([&] { return held.desk.endpoint()->peers().size() == 2; }));
    EXPECT_EQ(held.order("1: reset"), "");
    EXPECT_EQ(end_of(held, first.get()), ECONNRESET);
    EXPECT_EQ(held.last(Kind::Reset)->event.peer, 1u);
    EXPECT_EQ(held.order("close"), "");
    EXPECT_EQ(end_of(held, second.get()), 0) << "an ordinary close is an end of file";
    EXPECT_EQ(held.last(Kind::Closed)->event.peer, 2u);
    EXPECT_NE(held.order("send x").find("nobody is connected"), std::string::npos);
    EXPECT_NE(held.order("1: send x").find("peer 1 is not connected"), std::string::npos);
}

TEST(Endpoint, SaysThatItWasReset) {
    Held held("listen", EndpointKind::Tcp, "0");
    UniqueFd visitor = connect_to(held.desk.endpoint()->local(), SOCK_STREAM);
    ASSERT_TRUE(held.hears(Kind::Connected));
    const linger at_once{1, 0};
    setsockopt(visitor.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    visitor.reset();
    ASSERT_TRUE(held.hears(Kind::WasReset));
    EXPECT_EQ(held.last(Kind::WasReset)->event.error, ECONNRESET);
}

TEST(Endpoint, WhoReadsNothingMakesTheSenderWait) {
    Held held("listen", EndpointKind::Tcp, "0", {.echoes = false, .bytes_a_second = 0});
    const UniqueFd visitor = connect_to(held.desk.endpoint()->local(), SOCK_STREAM);
    ASSERT_TRUE(held.hears(Kind::Connected));
    const int small = 16384;
    setsockopt(visitor.get(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    const std::string part(4096, 'x');
    std::size_t taken = 0;
    bool is_full = held.until([&] {
        pollfd room{visitor.get(), POLLOUT, 0};
        if (poll(&room, 1, 50) == 0) return true;      // no room, and none comes
        const ssize_t length = send(visitor.get(), part.data(), part.size(), MSG_DONTWAIT);
        if (length > 0) taken += static_cast<std::size_t>(length);
        return false;
    });
    EXPECT_TRUE(is_full);
    EXPECT_LT(taken, 200'000u);
    EXPECT_EQ(held.all_received(), "");
    EXPECT_EQ(held.order("slow off"), "");
    EXPECT_TRUE(held.until([&] { return held.all_received().size() == taken; }));
}

TEST(Endpoint, ReadsAtItsPace) {
    Held held("listen", EndpointKind::UnixStream, abstract_name("pace"), {.echoes = false, .bytes_a_second = 50});
    const UniqueFd visitor = connect_to(held.desk.endpoint()->local(), SOCK_STREAM);
    ASSERT_EQ(send(visitor.get(), "0123456789abcdefghij", 20, 0), 20);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(held.until([&] { return held.all_received().size() == 20; }));
    EXPECT_GE(std::chrono::steady_clock::now() - start, 250ms) << "5 bytes every 100 ms";
    for (const Told& one : held.told) EXPECT_LE(one.bytes.size(), 5u);
}

TEST(Endpoint, SendsAFileWhole) {
    const Folder folder;
    std::string content(1'000'000, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 31 % 251);
    folder.write("f", content);
    Held held("listen", EndpointKind::Tcp, "0");
    const UniqueFd visitor = connect_to(held.desk.endpoint()->local(), SOCK_STREAM);
    ASSERT_TRUE(held.hears(Kind::Connected));
    EXPECT_EQ(held.order("file " + folder.path() + "/f"), "");
    EXPECT_EQ(held.order("close"), "") << "when all is sent";
    EXPECT_EQ(receive(held, visitor.get(), content.size() + 1), content);
    EXPECT_TRUE(held.last(Kind::Closed));
    EXPECT_NE(held.order("file " + folder.path() + "/nothing").find("cannot be read"), std::string::npos);
}

TEST(Endpoint, SaysWhoHasThePort) {
    const UniqueFd door = listen_at(*read_endpoint_address(EndpointKind::Tcp, "0"), SOCK_STREAM);
    const std::string where = text_of_address(own_address_of(door.get()));
    const Held held("listen", EndpointKind::Tcp, where);
    EXPECT_NE(held.sentence.find(where + " is taken, by session_test, pid " + std::to_string(getpid())), std::string::npos) << held.sentence;
}

TEST(Endpoint, SaysThatNobodyListens) {
    std::string where;
    {
        const UniqueFd door = listen_at(*read_endpoint_address(EndpointKind::Tcp, "0"), SOCK_STREAM);
        where = text_of_address(own_address_of(door.get()));
    }
    Held held("connect", EndpointKind::Tcp, where);
    if (held.sentence.empty()) {
        ASSERT_TRUE(held.hears(Kind::Failed));
        held.sentence = held.last(Kind::Failed)->event.sentence;
        EXPECT_TRUE(held.desk.endpoint()->is_over());
    }
    EXPECT_NE(held.sentence.find("nobody listens at " + where), std::string::npos) << held.sentence;
    Held datagrams("connect", EndpointKind::Udp, where);
    EXPECT_EQ(datagrams.order("send x"), "") << "UDP does not know yet";
    ASSERT_TRUE(datagrams.hears(Kind::Failed));
    EXPECT_EQ(datagrams.last(Kind::Failed)->event.error, ECONNREFUSED);
    EXPECT_FALSE(datagrams.desk.endpoint()->is_over());
    EXPECT_NE(Held("connect", EndpointKind::UnixStream, abstract_name("nobody")).sentence.find("nobody listens at "), std::string::npos);
    EXPECT_NE(Held("connect", EndpointKind::UnixStream, "/nowhere/at/all").sentence.find("there is no socket at "), std::string::npos);
}

TEST(Endpoint, LeavesNoPathAndRemovesOneThatWasLeft) {
    const Folder folder;
    const std::string path = folder.path() + "/door";
    for (const EndpointKind kind : {EndpointKind::UnixStream, EndpointKind::UnixDatagrams}) {
        listen_at(*read_endpoint_address(kind, path), is_stream(kind) ? SOCK_STREAM : SOCK_DGRAM).reset();    // as a killed program does
        ASSERT_TRUE(std::filesystem::exists(path));
        {
            Held held("listen", kind, path);
            ASSERT_EQ(held.sentence, "");
            EXPECT_TRUE(held.hears(Kind::Listening));
            EXPECT_NE(held.last(Kind::Noted)->event.sentence.find("was left by a program that is gone"), std::string::npos);
            EXPECT_NE(Held("listen", kind, path).sentence.find("is taken"), std::string::npos);
            EXPECT_TRUE(std::filesystem::exists(path)) << "it is somebody's";
        }
        EXPECT_FALSE(std::filesystem::exists(path));
    }
    std::ofstream(path) << "a file";
    EXPECT_NE(Held("listen", EndpointKind::UnixStream, path).sentence.find("is taken"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(Endpoint, ADatagramIsWhole) {
    Held held("listen", EndpointKind::Udp, "0");
    const UniqueFd visitor = connect_to(held.desk.endpoint()->local(), SOCK_DGRAM);
    for (const char* text : {"one", "", "three"}) ASSERT_GE(send(visitor.get(), text, strlen(text), 0), 0);
    ASSERT_TRUE(held.until([&] { return held.all_received() == "onethree"; }));
    EXPECT_EQ(std::ranges::count_if(held.told, [](const Told& one) { return one.event.kind == Kind::Received; }), 3);
    EXPECT_EQ(held.desk.endpoint()->peers().size(), 1u);
    EXPECT_NE(held.order("half-close").find("no connection"), std::string::npos);
    const Folder folder;
    folder.write("long", std::string(65508, 'x'));
    EXPECT_EQ(held.order("file " + folder.path() + "/long"), "");
    EXPECT_EQ(held.last(Kind::Failed)->event.error, EMSGSIZE);
}

TEST(EndpointTalk, RunsByItself) {
    EndpointPlan plan;
    plan.address = *read_endpoint_address(EndpointKind::Tcp, "0");
    std::mutex mutex;
    std::condition_variable news;
    unsigned count = 0;
    auto talk = EndpointTalk::open(plan, [&] {
        const std::lock_guard lock(mutex);
        ++count;
        news.notify_all();
    });
    ASSERT_TRUE(talk);
    std::string lines;
    const auto until = [&](const std::string& text) {
        const auto end = std::chrono::steady_clock::now() + deadline;
        for (unsigned seen = 0; lines.find(text) == lines.npos;) {
            std::unique_lock lock(mutex);
            if (!news.wait_until(lock, end, [&] { return count != seen; })) return false;
            seen = count;
            lock.unlock();
            for (const EndpointLine& line : (*talk)->take()) lines += line.text + "\n";
        }
        return true;
    };
    ASSERT_TRUE(until("listening at 127.0.0.1:"));
    (*talk)->order(*read_endpoint_order("send x"));
    EXPECT_TRUE(until("nobody is connected"));
    const UniqueFd visitor = connect_to((*talk)->state().local, SOCK_STREAM);
    ASSERT_TRUE(until("1 connected"));
    (*talk)->order(*read_endpoint_order("echo on"));
    ASSERT_EQ(send(visitor.get(), "hi", 2, 0), 2);
    EXPECT_TRUE(until("1 sent 2 bytes: \"hi\""));
    EXPECT_TRUE((*talk)->state().pace.echoes);
    EXPECT_EQ((*talk)->state().peers.size(), 1u);
    talk->reset();
    char bytes[8];
    EXPECT_EQ(recv(visitor.get(), bytes, sizeof bytes, 0), 2);
    EXPECT_EQ(recv(visitor.get(), bytes, sizeof bytes, 0), 0) << "closed with it";
}

}  // namespace
}  // namespace ipcscope
