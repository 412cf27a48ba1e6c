// `ipcscope endpoint`: what is typed is done, what happens is printed, and nothing stays.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "tests/commands/program.h"
#include "tests/lesson/folder.h"

namespace ipcscope {
namespace {

// Somebody who listens on a port of the kernel's choice, answers the first who comes with what it has heard up to the end, in capitals.
class Shouter {
  public:
    Shouter() : door_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof at;
        EXPECT_EQ(bind(door_, reinterpret_cast<sockaddr*>(&at), length) | listen(door_, 1) | getsockname(door_, reinterpret_cast<sockaddr*>(&at), &length), 0);
        port_ = std::to_string(ntohs(at.sin_port));
        thread_ = std::thread([this] { serve(); });
    }
    ~Shouter() {
        shutdown(door_, SHUT_RDWR);
        thread_.join();
        close(door_);
    }
    const std::string& port() const { return port_; }

  private:
    void serve() const {
        const int guest = accept4(door_, nullptr, nullptr, SOCK_CLOEXEC);
        if (guest < 0) return;
        std::string heard;
        char bytes[256];
        for (ssize_t length; (length = recv(guest, bytes, sizeof bytes, 0)) > 0;) heard.append(bytes, static_cast<std::size_t>(length));
        for (char& c : heard) c = static_cast<char>(toupper(c));
        send(guest, heard.data(), heard.size(), MSG_NOSIGNAL);
        close(guest);
    }

    int door_;
    std::string port_;
    std::thread thread_;
};

TEST(EndpointCommand, SendsWhatIsTypedAndPrintsWhatComes) {
    const Shouter shouter;
    const Finished talk = run_ipcscope({"endpoint", "connect", "tcp", shouter.port()}, {.input = "say hello\n\nshout\nhex 21"});
    EXPECT_EQ(talk.status, 1) << "one line was no order";
    EXPECT_NE(talk.err.find("there is no order \"shout\""), std::string::npos) << talk.err;
    EXPECT_NE(talk.out.find("1 connected: 127.0.0.1:"), std::string::npos) << talk.out;
    EXPECT_NE(talk.out.find("1 half-closed\n"), std::string::npos) << talk.out;
    EXPECT_NE(talk.out.find("1 received 7 bytes: \"HELLO\\n!\"\n"), std::string::npos) << talk.out;
    EXPECT_NE(talk.out.find("1 closed\n"), std::string::npos) << talk.out;
    EXPECT_EQ(talk.out.find('\x1b'), std::string::npos) << "no colour into a pipe";
}

// The endpoint as the peer of a traced program: as whoever answers, and as whoever calls.
TEST(EndpointCommand, TakesPartInATrace) {
    const std::string port = [] { return Shouter().port(); }();    // one that nobody has
    const Finished answered = run_ipcscope({"trace", "--endpoint", "listen tcp " + port + " echo", "--", HOST_CLIENT, "127.0.0.1", port});
    EXPECT_EQ(answered.status, 6) << answered.err;    // (all went well, but its pid is not 2)
    EXPECT_NE(answered.err.find("endpoint  "), std::string::npos) << answered.err;
    EXPECT_NE(answered.err.find("received 5 bytes: \"hello\""), std::string::npos) << answered.err;
    EXPECT_NE(answered.err.find("read(3 socket#1, \"hello\", 16) = 5"), std::string::npos) << answered.err;
    const Finished called = run_ipcscope({"trace", "--endpoint", "connect tcp " + port + "; send hello; half-close", "--", HOST_SERVER, port});
    EXPECT_EQ(called.status, 6) << called.err;
    EXPECT_NE(called.err.find("read(4 socket#2, \"hello\", 16) = 5"), std::string::npos) << called.err;
    EXPECT_NE(called.err.find("received 5 bytes: \"hello\""), std::string::npos) << called.err;
    const Finished wrong = run_ipcscope({"trace", "--endpoint", "lisen tcp 7000", "--", "true"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_NE(wrong.err.find("here stands \"lisen tcp 7000\""), std::string::npos) << wrong.err;
}

TEST(EndpointCommand, WritesJson) {
    const Shouter shouter;
    const Finished talk = run_ipcscope({"endpoint", "connect", "tcp", shouter.port(), "--json"}, {.input = "hex 00 ff 61\n"});
    EXPECT_EQ(talk.status, 0) << talk.err;
    std::string received;
    int named = 0;
    std::istringstream lines(talk.out);
    for (std::string line; std::getline(lines, line);) {
        const nlohmann::json event = nlohmann::json::parse(line);
        EXPECT_GT(event.at("time").get<double>(), 1e9);
        if (event.at("event") == "received") received += event.at("hex").get<std::string>();
        if (event.contains("process")) named += event.at("process").at("pid") == getpid();
    }
    EXPECT_EQ(received, "00ff41");
    EXPECT_GE(named, 1) << talk.out;
}

TEST(EndpointCommand, NobodyListens) {
    const Finished talk = run_ipcscope({"endpoint", "connect", "unix", "ipcscope-nobody-listens-here"});
    EXPECT_EQ(talk.status, 1);
    EXPECT_NE(talk.err.find("nobody listens at @\"ipcscope-nobody-listens-here\""), std::string::npos) << talk.err;
}

// Its input never ends, as a terminal's does not: it is a FIFO that it has open for writing, too.
Finished listen_until(int signal, const std::string& path) {
    const std::string fifo = path + "-input";
    mkfifo(fifo.c_str(), 0600);
    return run_program({"bash", "-c", "exec \"$0\" endpoint listen unix \"$1\" 0<>\"$2\"", IPCSCOPE_PROGRAM, path, fifo}, {.signal = signal, .signal_after = "listening at"});
}

TEST(EndpointCommand, NoPathStaysWhenItIsEndedAndOneThatAKillHasLeftIsTakenOver) {
    const Folder folder;
    const std::string path = folder.file("door");
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        const Finished ended = listen_until(signal, path);
        EXPECT_EQ(ended.status, 0) << ended.out << ended.err;
        EXPECT_FALSE(std::filesystem::exists(path)) << signal;
    }
    EXPECT_EQ(listen_until(SIGKILL, path).status, 128 + SIGKILL);
    EXPECT_TRUE(std::filesystem::exists(path));
    const Finished next = listen_until(SIGINT, path);
    EXPECT_NE(next.out.find("was left by a program that is gone: it is removed, and made anew"), std::string::npos) << next.out;
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(EndpointCommand, EndsWithItsInput) {
    const Finished ended = run_ipcscope({"endpoint", "listen", "udp", "0"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_NE(ended.out.find("listening at 127.0.0.1:"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace ipcscope
