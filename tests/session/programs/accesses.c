// Loads and stores of shared memory, of private memory that was asked for, and of other memory, which is nobody's business.
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static long other;

int main(void) {
    const int both = PROT_READ | PROT_WRITE;
    int* const shared = mmap(0, 4096, both, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    long* const own = mmap(0, 4096, both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || own == MAP_FAILED) return 1;
    const pid_t child = fork();
    other += 1;
    shared[2] -= 5;
    if (child == 0) {
        atomic_fetch_add((_Atomic int*)&shared[3], 4);
        _exit(0);
    }
    *own = other + 8;
    if (wait(0) != child) return 2;
    struct {
        char bytes[24];
    }* const large = (void*)own;
    large[1] = large[0];
    munmap(own, 4096);
    return shared[2] == -10 && atomic_load((_Atomic int*)&shared[3]) == 4 ? 0 : 3;
}
