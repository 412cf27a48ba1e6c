#include "tests/lesson/folder.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace ipcscope {

Folder::Folder() : path_(std::filesystem::temp_directory_path() / "ipcscope-test-XXXXXX") {
    if (!mkdtemp(path_.data())) abort();
}

Folder::~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
}

void Folder::write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name), std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

OwnDirectories::OwnDirectories() {
    setenv("XDG_STATE_HOME", folder_.path().c_str(), 1);
    setenv("XDG_CACHE_HOME", folder_.path().c_str(), 1);
}

std::string small_lesson(const std::string& blocks, const std::string& processes) {
    return "# Small\n\n```lesson\nnumber: 1\npart: Tests\nteaches: nothing\nprogram: p.c\nprocesses: " + processes +
           "\n```\n\n## Only step\n\n" + blocks;
}

const char small_program[] = R"(
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int fds[2];
    char buf[16];

    if (pipe(fds) == -1) _exit(1);
    pid_t child = fork();
    if (child == -1) _exit(1);
    if (child == 0) {
        close(fds[1]);
        _exit(read(fds[0], buf, sizeof buf) == 5 ? 0 : 1);
    }
    write(fds[1], "hello", 5);
    wait(NULL);
    _exit(7);
}
)";

}  // namespace ipcscope
