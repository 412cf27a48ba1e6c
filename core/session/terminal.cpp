#include "core/session/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

namespace ipcscope {

namespace {

// (By its name: what TIOCGPTPEER opens keeps O_CLOEXEC among the open file's own flags, for everybody to see in fdinfo.)
UniqueFd open_slave(int master) {
    char name[64];
    if (ptsname_r(master, name, sizeof name) != 0) return {};
    return UniqueFd(::open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
}

}  // namespace

Result<UniqueFd> Terminal::open(UniqueFd& slave) {
    const auto failed = [] { return Failure{std::string("no pseudo-terminal for the programs: ") + strerror(errno)}; };
    UniqueFd master(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!master || grantpt(master.get()) != 0 || unlockpt(master.get()) != 0) return failed();
    slave = open_slave(master.get());
    termios mode;
    if (!slave || tcgetattr(slave.get(), &mode) != 0) return failed();
    mode.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    mode.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
    const winsize size{24, 80, 0, 0};
    fcntl(slave.get(), F_SETFL, 0);    // the programs' own descriptors wait, as those of a terminal do
    if (tcsetattr(slave.get(), TCSANOW, &mode) != 0 || ioctl(slave.get(), TIOCSWINSZ, &size) != 0) return failed();
    return master;
}

Terminal::Terminal(asio::io_context& io, UniqueFd master, Outbox& out) : master_(io, master.release()), out_(out) { listen(); }

void Terminal::listen() {
    master_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const asio::error_code& error) {
        if (error) return;
        drain();
        if (master_.is_open()) listen();
    });
}

void Terminal::drain() {
    char bytes[max_capture];
    while (master_.is_open()) {
        const ssize_t length = read(master_.native_handle(), bytes, sizeof bytes);
        if (length > 0) {
            out_.fresh().add(out_.event(EventKind::Output), std::string_view(bytes, static_cast<std::size_t>(length)));
            continue;
        }
        // EIO: nobody has the other side open any more, not even the keeper.
        if (length == 0 || (errno != EAGAIN && errno != EINTR)) master_.close();
        if (length == 0 || errno != EINTR) return;
    }
}

void Terminal::type(std::string_view bytes) {
    typed_ += bytes;
    if (!is_sending_) send_typed();
}

void Terminal::send_typed() {
    while (master_.is_open() && !typed_.empty()) {
        const ssize_t length = write(master_.native_handle(), typed_.data(), typed_.size());
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) break;
        typed_.erase(0, static_cast<std::size_t>(length));
    }
    // What was typed travels to the readers in a worker of the kernel's. Asking the other side whether there is something to
    // read makes it arrive (n_tty_poll): whoever waited for it is awake when this returns.
    if (const UniqueFd slave = master_.is_open() ? open_slave(master_.native_handle()) : UniqueFd()) {
        pollfd input{slave.get(), POLLIN, 0};
        poll(&input, 1, 0);
    }
    is_sending_ = master_.is_open() && !typed_.empty();
    if (!is_sending_) return;
    master_.async_wait(asio::posix::stream_descriptor::wait_write, [this](const asio::error_code& error) {
        if (!error) send_typed();
    });
}

}  // namespace ipcscope
