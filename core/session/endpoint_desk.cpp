#include "core/session/endpoint_desk.h"

#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <asio.hpp>

namespace ipcscope {

// Asio makes what it waits for non-blocking, and that is a matter of the open file description, which the learner's shell shares.
// So it waits for an epoll instance, which waits for the descriptor. A file or /dev/null cannot be waited for: it is always ready.
struct EndpointDesk::Impl {
    asio::io_context io{1};
    asio::signal_set signals{io};
    std::unique_ptr<Endpoint> endpoint;
    std::optional<asio::posix::stream_descriptor> input;
    int descriptor = -1;
    bool is_always_ready = false;
    std::string line;
    std::function<void(std::optional<std::string>)> hear;

    void wait_for_input() {
        const auto ready = [this](const asio::error_code& error) {
            if (!error) read_input();
        };
        if (is_always_ready) return asio::post(io, [ready] { ready({}); });
        input->async_wait(asio::posix::stream_descriptor::wait_read, ready);
    }

    void read_input() {
        char bytes[4096];
        const ssize_t length = read(descriptor, bytes, sizeof bytes);
        if (length < 0 && (errno == EINTR || errno == EAGAIN)) return wait_for_input();
        if (length <= 0) {
            if (!line.empty()) hear(std::exchange(line, ""));
            return hear(std::nullopt);
        }
        line.append(bytes, static_cast<std::size_t>(length));
        for (std::size_t end; (end = line.find('\n')) != line.npos;) {
            std::string first = line.substr(0, end);
            line.erase(0, end + 1);
            hear(std::move(first));
        }
        wait_for_input();
    }
};

EndpointDesk::EndpointDesk() : impl_(std::make_unique<Impl>()) {}
EndpointDesk::~EndpointDesk() = default;

Result<void> EndpointDesk::open(EndpointPlan plan, Endpoint::Tell tell) {
    impl_->endpoint.reset();
    auto opened = Endpoint::open(impl_->io, std::move(plan), std::move(tell));
    if (!opened) return opened.failure();
    impl_->endpoint = *std::move(opened);
    return {};
}

Endpoint* EndpointDesk::endpoint() { return impl_->endpoint.get(); }
void EndpointDesk::close() { impl_->endpoint.reset(); }

void EndpointDesk::read_lines(int descriptor, std::function<void(std::optional<std::string>)> hear) {
    impl_->descriptor = descriptor;
    impl_->hear = std::move(hear);
    UniqueFd watch(epoll_create1(EPOLL_CLOEXEC));
    epoll_event what{};
    what.events = EPOLLIN;
    impl_->is_always_ready = epoll_ctl(watch.get(), EPOLL_CTL_ADD, descriptor, &what) != 0;
    if (!impl_->is_always_ready) impl_->input.emplace(impl_->io, watch.release());
    impl_->wait_for_input();
}

void EndpointDesk::end_on_signals() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) impl_->signals.add(number);
    impl_->signals.async_wait([this](const asio::error_code& error, int) {
        if (!error) stop();
    });
}

void EndpointDesk::run() {
    const auto keep_going = asio::make_work_guard(impl_->io);
    impl_->io.restart();
    impl_->io.run();
}

bool EndpointDesk::run_for(std::chrono::milliseconds most) {
    const auto keep_going = asio::make_work_guard(impl_->io);
    impl_->io.restart();
    impl_->io.run_for(most);
    return !impl_->io.stopped();
}

void EndpointDesk::stop() { impl_->io.stop(); }

void EndpointDesk::post(std::function<void()> work) { asio::post(impl_->io, std::move(work)); }

}  // namespace ipcscope
