#include "core/probe/inside.h"

#include <dlfcn.h>

#include "core/probe/environment.h"
#include "core/probe/observe.h"
#include "core/probe/patch.h"

namespace ipcscope {
namespace {

// libc's child of posix_spawn, system or popen borrows the memory of the thread that makes it, thread-local data and all,
// until it has executed. What it does is not its parent's doing.
bool is_borrowed(const ThreadState& thread) {
    return thread.spawner && static_cast<std::uint32_t>(raw_syscall(SYS_getpid)) != thread.spawner;
}

// A hooked entry: one of these for each, told apart by `tag` (one call may have several entries).
template <CallId id, int tag, class R, class... A>
struct Entry {
    static inline R (*trampoline)(A...) = nullptr;

    static R hook(A... values) {
        ThreadState& thread = this_thread;
        if (thread.is_quiet || is_borrowed(thread)) return trampoline(values...);
        return observe<id>(__builtin_return_address(0), trampoline, values...);
    }
};

using Write = Entry<CallId::write, 0, ssize_t, int, const void*, size_t>;
using WriteNoCancel = Entry<CallId::write, 1, ssize_t, int, const void*, size_t>;
using Read = Entry<CallId::read, 0, ssize_t, int, void*, size_t>;
using ReadNoCancel = Entry<CallId::read, 1, ssize_t, int, void*, size_t>;
using Close = Entry<CallId::close, 0, int, int>;
using CloseNoCancel = Entry<CallId::close, 1, int, int>;
using Open = Entry<CallId::open, 0, int, const char*, int, mode_t>;    // the mode is in its register, or nobody looks
using OpenNoCancel = Entry<CallId::open, 1, int, const char*, int, mode_t>;
using Dup2 = Entry<CallId::dup2, 0, int, int, int>;
using Pipe2 = Entry<CallId::pipe2, 0, int, int*, int>;
using Lseek = Entry<CallId::lseek, 0, off_t, int, off_t, int>;

// The new image of whoever executes inside libc is observed too.
struct Execve {
    static inline int (*trampoline)(const char*, char* const*, char* const*) = nullptr;

    static int run(const char* path, char* const* argv, char* const* envp) {
        return with_image_environment(envp, [&](char* const* environment) { return trampoline(path, argv, environment); });
    }
    static int hook(const char* path, char* const* argv, char* const* envp) {
        ThreadState& thread = this_thread;
        if (thread.is_quiet || is_borrowed(thread)) return run(path, argv, envp);
        return observe<CallId::execve>(__builtin_return_address(0), run, path, argv, envp);
    }
};

class Inside {
 public:
    explicit Inside(void* libc) : libc_(libc) {}
    bool open() { return pages_.open(dlsym(libc_, "write")); }
    void close() { pages_.close(); }

    template <class Hooked>
    void patch(Hooked, const char* name, const char* version = nullptr) {
        void* const entry = version ? dlvsym(libc_, name, version) : dlsym(libc_, name);
        if (!entry) return;
        void* const trampoline = pages_.patch(entry, reinterpret_cast<const void*>(&Hooked::hook));
        if (!trampoline) return;
        Hooked::trampoline = reinterpret_cast<decltype(Hooked::trampoline)>(trampoline);
        entry_ = entry;
        trampoline_ = trampoline;
    }
    // Our own wrapper, if it called the entry that was just patched, calls behind the patch.
    template <class F>
    void redirect(F& function) {
        if (reinterpret_cast<void*>(function) == entry_ && entry_) function = reinterpret_cast<F>(trampoline_);
    }

 private:
    void* libc_;
    void* entry_ = nullptr;
    void* trampoline_ = nullptr;
    PatchPages pages_;
};

}  // namespace

// Between the patch of an entry and the redirection of its wrapper nobody makes a call: this is before main, and only raw
// system calls are used here.
void look_inside() {
    void* const libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    if (!libc) {
        dlerror();
        return;
    }
    Inside inside(libc);
    if (inside.open()) {
        inside.patch(Write{}, "write"), inside.redirect(real.write);
        inside.patch(Read{}, "read"), inside.redirect(real.read);
        inside.patch(Close{}, "close"), inside.redirect(real.close);
        inside.patch(Open{}, "open64"), inside.redirect(real.open);
        inside.patch(Dup2{}, "dup2"), inside.redirect(real.dup2);
        inside.patch(Pipe2{}, "pipe2"), inside.redirect(real.pipe2);
        inside.patch(Lseek{}, "lseek64"), inside.redirect(real.lseek);
        inside.patch(Execve{}, "execve"), inside.redirect(real.execve);
        inside.patch(WriteNoCancel{}, "__write_nocancel", "GLIBC_PRIVATE");
        inside.patch(ReadNoCancel{}, "__read_nocancel", "GLIBC_PRIVATE");
        inside.patch(CloseNoCancel{}, "__close_nocancel", "GLIBC_PRIVATE");
        inside.patch(OpenNoCancel{}, "__open64_nocancel", "GLIBC_PRIVATE");
        inside.close();
    }
    dlclose(libc);
    dlerror();
}

}  // namespace ipcscope
