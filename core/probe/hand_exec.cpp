// The exec family, and libc's ways to start a program. The new image gets the environment that its starter meant for it, and
// the probe's part, which the starter never sees.
#include <stdarg.h>

#include "core/probe/environment.h"
#include "core/probe/observe.h"

using namespace ipcscope;

#define IPCSCOPE_EXPORT extern "C" [[gnu::visibility("default")]]

namespace {

using Strings = char* const*;

int run_execve(const char* path, Strings argv, Strings envp) {
    const Quiet quiet;
    return with_image_environment(envp, [&](Strings environment) { return real.execve(path, argv, environment); });
}
int run_execvpe(const char* file, Strings argv, Strings envp) {
    const Quiet quiet;
    return with_image_environment(envp, [&](Strings environment) { return real.execvpe(file, argv, environment); });
}
int run_fexecve(int fd, Strings argv, Strings envp) {
    const Quiet quiet;
    return with_image_environment(envp, [&](Strings environment) { return real.fexecve(fd, argv, environment); });
}
int run_execv(const char* path, Strings argv) { return run_execve(path, argv, environ); }
int run_execvp(const char* file, Strings argv) { return run_execvpe(file, argv, environ); }

}  // namespace

IPCSCOPE_EXPORT int wrapper_execve(const char* path, Strings argv, Strings envp) asm("execve");
int wrapper_execve(const char* path, Strings argv, Strings envp) {
    start_if_early(real.execve);
    return observe<CallId::execve>(__builtin_return_address(0), run_execve, path, argv, envp);
}

IPCSCOPE_EXPORT int wrapper_execv(const char* path, Strings argv) asm("execv");
int wrapper_execv(const char* path, Strings argv) {
    start_if_early(real.execve);
    return observe<CallId::execv>(__builtin_return_address(0), run_execv, path, argv);
}

IPCSCOPE_EXPORT int wrapper_execvp(const char* file, Strings argv) asm("execvp");
int wrapper_execvp(const char* file, Strings argv) {
    start_if_early(real.execvpe);
    return observe<CallId::execvp>(__builtin_return_address(0), run_execvp, file, argv);
}

IPCSCOPE_EXPORT int wrapper_execvpe(const char* file, Strings argv, Strings envp) asm("execvpe");
int wrapper_execvpe(const char* file, Strings argv, Strings envp) {
    start_if_early(real.execvpe);
    return observe<CallId::execvpe>(__builtin_return_address(0), run_execvpe, file, argv, envp);
}

IPCSCOPE_EXPORT int wrapper_fexecve(int fd, Strings argv, Strings envp) asm("fexecve");
int wrapper_fexecve(int fd, Strings argv, Strings envp) {
    start_if_early(real.fexecve);
    return observe<CallId::fexecve>(__builtin_return_address(0), run_fexecve, fd, argv, envp);
}

// The ones with a list of arguments: counted, then gathered on the stack, with the NULL that ends them.
#define IPCSCOPE_GATHER(argv, first, list)                                    \
    std::size_t argv##_count = 1;                                             \
    va_list list;                                                             \
    va_start(list, first);                                                    \
    for (const char* text = first; text; ++argv##_count) text = va_arg(list, const char*); \
    va_end(list);                                                             \
    char** const argv = static_cast<char**>(alloca(argv##_count * sizeof(char*))); \
    va_start(list, first);                                                    \
    argv[0] = const_cast<char*>(first);                                       \
    for (std::size_t i = 1; i < argv##_count; ++i) argv[i] = va_arg(list, char*);

IPCSCOPE_EXPORT int wrapper_execl(const char* path, const char* first, ...) asm("execl");
int wrapper_execl(const char* path, const char* first, ...) {
    IPCSCOPE_GATHER(argv, first, list)
    va_end(list);
    start_if_early(real.execve);
    return observe<CallId::execv>(__builtin_return_address(0), run_execv, path, static_cast<Strings>(argv));
}

IPCSCOPE_EXPORT int wrapper_execlp(const char* file, const char* first, ...) asm("execlp");
int wrapper_execlp(const char* file, const char* first, ...) {
    IPCSCOPE_GATHER(argv, first, list)
    va_end(list);
    start_if_early(real.execvpe);
    return observe<CallId::execvp>(__builtin_return_address(0), run_execvp, file, static_cast<Strings>(argv));
}

IPCSCOPE_EXPORT int wrapper_execle(const char* path, const char* first, ...) asm("execle");
int wrapper_execle(const char* path, const char* first, ...) {
    IPCSCOPE_GATHER(argv, first, list)
    const Strings envp = va_arg(list, Strings);
    va_end(list);
    start_if_early(real.execve);
    return observe<CallId::execve>(__builtin_return_address(0), run_execve, path, static_cast<Strings>(argv), envp);
}

// --- Inside these, libc makes a child that borrows this thread until it has executed -------------------

namespace {

class Spawning {
 public:
    Spawning() : before_(this_thread.spawner) { this_thread.spawner = static_cast<std::uint32_t>(raw_syscall(SYS_getpid)); }
    ~Spawning() { this_thread.spawner = before_; }
    Spawning(const Spawning&) = delete;

 private:
    std::uint32_t before_;
};

template <auto function>
int run_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes, Strings argv, Strings envp) {
    const Spawning spawning;
    return with_image_environment(envp, [&](Strings environment) { return (real.*function)(pid, path, actions, attributes, argv, environment); });
}

}  // namespace

#define IPCSCOPE_SPAWN(name)                                                                                                        \
    IPCSCOPE_EXPORT int wrapper_##name(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*, Strings, Strings) \
        asm(#name);                                                                                                                 \
    int wrapper_##name(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,  \
                       Strings argv, Strings envp) {                                                                                \
        start_if_early(real.name);                                                                                                  \
        return observe<CallId::name>(__builtin_return_address(0), run_spawn<&RealFunctions::name>, pid, path, actions, attributes,     \
                                     argv, envp);                                                                                   \
    }
IPCSCOPE_SPAWN(posix_spawn)
IPCSCOPE_SPAWN(posix_spawnp)

IPCSCOPE_EXPORT int wrapper_system(const char* command) asm("system");
int wrapper_system(const char* command) {
    start_if_early(real.system);
    const Spawning spawning;
    return real.system(command);
}

IPCSCOPE_EXPORT FILE* wrapper_popen(const char* command, const char* mode) asm("popen");
FILE* wrapper_popen(const char* command, const char* mode) {
    start_if_early(real.popen);
    const Spawning spawning;
    return real.popen(command, mode);
}
