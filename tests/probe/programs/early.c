#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

extern int early_pipe[2];
extern long early_written;

__attribute__((constructor)) static void own_constructor(void) { close(dup(1)); }
__attribute__((destructor)) static void own_destructor(void) { (void)!write(1, "destructor\n", 11); }

// The probe's own look-ups must leave nothing in dlerror, and eat nothing from it. Trap 13.
int main(void) {
    printf("dlerror %s\n", dlerror() ? "set" : "clear");
    dlsym(RTLD_DEFAULT, "no_such_symbol");
    close(dup(1));
    printf("dlerror %s\n", dlerror() ? "set" : "clear");
    printf("%d %d %ld\n", early_pipe[0], early_pipe[1], early_written);
    return 3;
}
