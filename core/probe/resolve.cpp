#include "core/probe/resolve.h"

#include <dlfcn.h>

namespace ipcscope {

constinit RealFunctions real{};

namespace {
template <class F>
void find(F& function, const char* name) {
    function = reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

// Another library's allocator, called by dlsym when it finds nothing, may lock a mutex: that must work from the beginning.
void find_what_dlsym_may_need() {
    find(real.pthread_mutex_lock, "pthread_mutex_lock");
    find(real.pthread_mutex_trylock, "pthread_mutex_trylock");
    find(real.pthread_mutex_unlock, "pthread_mutex_unlock");
    find(real.pthread_mutex_init, "pthread_mutex_init");
}

// Condition variables have another layout since glibc 2.3.2, and both sets of functions bear the same names.
template <class F>
void find_new(F& function, const char* name) {
    if (void* const found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2")) function = reinterpret_cast<F>(found);
}
}  // namespace

// None of these names has two versions with different meanings on x86-64, but for those of condition variables, and
// posix_spawn(p), whose older one runs scripts that have no "#!"; the newer one is what programs have been linked with since 2011.
void resolve() {
    find_what_dlsym_may_need();
#define CALL(name, ...) find(real.name, #name);
#define HAND(name, ...) find(real.name, #name);
#define ACCESS(...)
#define ALIAS(...)
#define CHECKED(other, name) find(real.other, #other);
#define LISTED(...)
#include "core/events/call_table.def"
#undef CALL
#undef HAND
#undef ACCESS
#undef ALIAS
#undef CHECKED
#undef LISTED
    find_new(real.pthread_cond_init, "pthread_cond_init");
    find_new(real.pthread_cond_destroy, "pthread_cond_destroy");
    find_new(real.pthread_cond_wait, "pthread_cond_wait");
    find_new(real.pthread_cond_timedwait, "pthread_cond_timedwait");
    find_new(real.pthread_cond_signal, "pthread_cond_signal");
    find_new(real.pthread_cond_broadcast, "pthread_cond_broadcast");
    find(real.__open_2, "__open_2");
    find(real.__open64_2, "__open64_2");
    find(real.__openat_2, "__openat_2");
    find(real.__openat64_2, "__openat64_2");
    find(real.__mq_open_2, "__mq_open_2");
    find(real.__recv_chk, "__recv_chk");
    find(real.__recvfrom_chk, "__recvfrom_chk");
    find(real.longjmp, "longjmp");
    find(real._longjmp, "_longjmp");
    find(real.siglongjmp, "siglongjmp");
    find(real.__longjmp_chk, "__longjmp_chk");
    find(real.system, "system");
    find(real.popen, "popen");
    find(real.prctl, "prctl");
    dlerror();    // what we asked for and did not find is no business of the program's
}

}  // namespace ipcscope
