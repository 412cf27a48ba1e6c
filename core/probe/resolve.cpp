#include "core/probe/resolve.h"

#include <dlfcn.h>

namespace ipcscope {

constinit RealFunctions real{};

namespace {
template <class F>
void find(F& function, const char* name) {
    function = reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}
}  // namespace

// None of these names has two versions with different meanings on x86-64, but for posix_spawn(p), whose older one runs
// scripts that have no "#!"; the newer one is what programs have been linked with since 2011.
void resolve() {
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
    find(real.__open_2, "__open_2");
    find(real.__open64_2, "__open64_2");
    find(real.__openat_2, "__openat_2");
    find(real.__openat64_2, "__openat64_2");
    find(real.__mq_open_2, "__mq_open_2");
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
