// Writers that sleep at a full pipe, in the model and in the kernel: real threads write to a real pipe, the same calls are
// folded, and after every read both must hold the same bytes in the same order.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <list>
#include <thread>

#include "tests/model/script.h"

namespace ipcscope {
namespace {

using namespace std::chrono_literals;

template <class Condition>
bool comes_true(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(200us);
    }
    return true;
}

class Writer {
 public:
    Writer(int fd, std::string text) : thread_([this, fd, text = std::move(text)] {
          tid_ = static_cast<int>(::syscall(SYS_gettid));
          written_ = ::write(fd, text.data(), text.size());
      }) {}
    ~Writer() { thread_.join(); }
    Writer(const Writer&) = delete;

    bool has_returned() const { return written_ >= 0; }
    // The kernel's word: asleep, and in write(2).
    bool is_asleep() const {
        const std::string task = "/proc/self/task/" + std::to_string(tid_) + '/';
        std::string stat, call;
        std::getline(std::ifstream(task + "stat"), stat);
        std::ifstream(task + "syscall") >> call;
        const std::size_t end = stat.rfind(')');
        return tid_ != 0 && end != std::string::npos && stat.size() > end + 2 && stat[end + 2] == 'S' &&
               call == std::to_string(SYS_write);
    }

 private:
    std::atomic<int> tid_{0};
    std::atomic<ssize_t> written_{-1};
    std::thread thread_;
};

class RealWriters : public ::testing::Test {
 protected:
    RealWriters() : run({"writer"}), actor(run.launch()) {
        ::signal(SIGPIPE, SIG_IGN);  // a test that fails leaves writers behind
        EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0);
        run.pipe(actor, 3, 4);
    }
    ~RealWriters() override {
        ::close(ends_[0]);
        writers_.clear();
        ::close(ends_[1]);
    }

    void set_slots(int slots) {
        ASSERT_EQ(::fcntl(ends_[1], F_SETPIPE_SZ, slots * 4096), slots * 4096);
        run.enter(actor, CallId::fcntl, {4, F_SETPIPE_SZ, slots * 4096}).exit(slots * 4096);
    }
    void fill(std::size_t count) {
        ASSERT_EQ(::write(ends_[1], std::string(count, '.').data(), count), static_cast<ssize_t>(count));
        run.write(actor, 4, std::string(count, '.'));
    }
    void sleep_in_write(char letter, std::size_t count) {
        run.write_begin(run.thread(actor), 4, std::string(count, letter));
        Writer& writer = writers_.emplace_back(ends_[1], std::string(count, letter));
        ASSERT_TRUE(comes_true([&] { return writer.is_asleep(); }));
    }
    void read(std::size_t count) {
        const std::string expected = lying().substr(0, count);
        std::string got(count, '\0');
        const ssize_t length = ::read(ends_[0], got.data(), count);
        ASSERT_GE(length, 0);
        got.resize(static_cast<std::size_t>(length));
        ASSERT_EQ(got, expected);
        run.read_begin(actor, 3, static_cast<std::int64_t>(count))
            .exit(length);  // no bytes: the model must know the order itself
        ASSERT_TRUE(comes_true([&] { return have_settled() && in_kernel() == pipe().bytes_inside(); }))
            << "kernel " << in_kernel() << ", model " << pipe().bytes_inside();
    }
    void read_to_the_end() {
        while (pipe().bytes_inside() != 0 && !HasFatalFailure()) read(1000);
        EXPECT_EQ(in_kernel(), 0u);
    }

    const Object& pipe() const { return run.object(actor, 3); }
    std::string lying() const {
        std::string text;
        for (const Stretch& stretch : pipe().lying) text.append(stretch.count, run.model.messages()[stretch.message].bytes[0]);
        return text;
    }
    std::uint64_t in_kernel() const {
        int count = -1;
        EXPECT_EQ(::ioctl(ends_[0], FIONREAD, &count), 0);
        return static_cast<std::uint64_t>(count);
    }
    bool have_settled() const {
        return std::ranges::all_of(writers_, [](const Writer& w) { return w.has_returned() || w.is_asleep(); });
    }

    Script run;
    Actor actor;
    int ends_[2];
    std::list<Writer> writers_;
};

TEST_F(RealWriters, TakeTurns) {
    set_slots(1);
    fill(4096);
    sleep_in_write('a', 8192);
    sleep_in_write('b', 4096);
    sleep_in_write('c', 10000);
    for (int i = 0; i < 6; ++i) ASSERT_NO_FATAL_FAILURE(read(4096));
    read_to_the_end();
}

TEST_F(RealWriters, MergeNothingOnceTheyHaveSlept) {
    set_slots(2);
    fill(4096);
    fill(4096);
    sleep_in_write('b', 100);
    sleep_in_write('a', 5000);
    ASSERT_NO_FATAL_FAILURE(read(4096));
    EXPECT_EQ(pipe().bytes_inside(), 4196u);
    ASSERT_NO_FATAL_FAILURE(read(4096));
    EXPECT_EQ(pipe().bytes_inside(), 4196u);
    read_to_the_end();
}

TEST_F(RealWriters, GoOnWhenTheBytesOfASlotAreAllRead) {
    set_slots(4);
    for (int i = 0; i < 3; ++i) fill(3000);
    fill(100);
    sleep_in_write('a', 4096 * 3 + 4000);
    sleep_in_write('b', 70);
    read_to_the_end();
}

}  // namespace
}  // namespace ipcscope
