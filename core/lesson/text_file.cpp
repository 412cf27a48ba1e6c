#include "core/lesson/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ipcscope {

namespace {

constexpr std::size_t most_bytes = 1u << 20;

struct OpenedFile {
    int descriptor;
    ~OpenedFile() {
        if (descriptor >= 0) close(descriptor);
    }
};

}  // namespace

Result<std::string> read_text_file(const std::string& path) {
    const auto failed = [&](const std::string& why) { return Failure{path + " cannot be read: " + why}; };
    const OpenedFile file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
    struct stat status {};
    if (file.descriptor < 0 || fstat(file.descriptor, &status) == -1) return failed(std::strerror(errno));
    if (!S_ISREG(status.st_mode)) return failed("it is no regular file");
    std::string text(most_bytes + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = read(file.descriptor, text.data() + size, text.size() - size);
        if (got == -1 && errno == EINTR) continue;
        if (got == -1) return failed(std::strerror(errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > most_bytes) return failed("it is larger than 1 MiB, which no lesson is");
    text.resize(size);
    return text;
}

}  // namespace ipcscope
