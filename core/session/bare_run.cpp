#include "core/session/bare_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/msg.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include "core/session/keeper.h"
#include "core/session/paths.h"
#include "core/session/run_directory.h"

namespace ipcscope {
namespace {

using Watch = std::chrono::steady_clock;
constexpr int look_interval_ms = 20;    // at whether somebody has cancelled

// While it lives, what this thread starts has the last of this thread's processors to itself (sched_setaffinity(2)).
class OneProcessor {
 public:
    OneProcessor() {
        if (sched_getaffinity(0, sizeof before_, &before_) != 0) return;
        int last = CPU_SETSIZE - 1;
        while (last > 0 && !CPU_ISSET(last, &before_)) --last;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(last, &one);
        is_set_ = sched_setaffinity(0, sizeof one, &one) == 0;
    }
    ~OneProcessor() {
        if (is_set_) sched_setaffinity(0, sizeof before_, &before_);
    }
    OneProcessor(const OneProcessor&) = delete;

 private:
    cpu_set_t before_;
    bool is_set_ = false;
};

// Without namespaces of its own, a queue of System V outlives a program that was killed. Whose it is says who sent or took last.
void remove_queues_of(pid_t pid) {
    std::ifstream queues("/proc/sysvipc/msg");
    std::string line;
    std::getline(queues, line);    // key msqid perms cbytes qnum lspid lrpid …
    while (std::getline(queues, line)) {
        std::istringstream words(line);
        long key, id, permissions, bytes, messages, sender, receiver;
        if (words >> key >> id >> permissions >> bytes >> messages >> sender >> receiver && (sender == pid || receiver == pid))
            msgctl(static_cast<int>(id), IPC_RMID, nullptr);
    }
}

std::vector<std::string> plain_environment() {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry; ++entry)
        if (!std::string_view(*entry).starts_with("LD_PRELOAD=")) environment.emplace_back(*entry);
    return environment;
}

}  // namespace

Result<BareEnd> run_bare(const BareLaunch& launch) {
    const Result<Paths> paths = find_paths();
    if (!paths) return paths.failure();
    Result<RunDirectory> directory = RunDirectory::make();
    if (!directory) return directory.failure();
    const Result<std::string> files = directory->make_files();
    if (!files) return files.failure();
    const UniqueFd nowhere(open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!nowhere) return Failure{std::string("/dev/null cannot be opened: ") + strerror(errno)};

    Keeper keeper;
    const Keeper::Orders orders{.keeper = paths->keeper, .run_directory = directory->path(), .is_private = launch.is_private, .directory = *files,
                                .program = launch.argv.at(0), .argv = launch.argv, .environment = plain_environment(), .terminal = nowhere.get()};
    std::optional<OneProcessor> pinned;
    if (launch.has_one_processor) pinned.emplace();
    const Result<Keeper::Started> started = keeper.start(orders);
    pinned.reset();
    if (!started) return started.failure();
    const Watch::time_point begin = Watch::now(), late = begin + launch.deadline;

    BareEnd end;
    end.was_private = started->refused == 0;
    const auto finish = [&] {
        keeper.end();
        if (!end.was_private) remove_queues_of(started->pid_here);
        return end;
    };
    for (;;) {
        while (const std::optional<HeardReport> heard = keeper.hear()) {
            if (heard->report.what != KeeperSays::Reaped || heard->report.pid != started->pid) continue;
            end.lasted = Watch::now() - begin;
            end.status = heard->report.status;
            return finish();
        }
        if (keeper.is_gone()) return Failure{"ipcscope's keeper ended before " + launch.argv[0] + " did"};
        if (Watch::now() >= late) end.how = BareEnd::How::Late;
        if (launch.cancel && launch.cancel->load(std::memory_order_relaxed)) end.how = BareEnd::How::Cancelled;
        if (end.how != BareEnd::How::Ended) {
            end.lasted = Watch::now() - begin;
            return finish();
        }
        pollfd source{keeper.control(), POLLIN, 0};
        poll(&source, 1, look_interval_ms);
    }
}

}  // namespace ipcscope
