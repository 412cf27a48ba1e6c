// A semaphore set and a shared segment, in two processes. The child dies with a permit in its hand.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

static int set;

static int operate(struct sembuf *operations, size_t count) { return semop(set, operations, count); }

int main(void) {
    unsigned short values[2] = {1, 0};
    set = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
    if (set == -1 || semctl(set, 0, SETALL, values) == -1) return 1;
    const int segment = shmget(IPC_PRIVATE, 5000, IPC_CREAT | 0600);
    int *const number = segment == -1 ? (void *)-1 : shmat(segment, NULL, 0);
    if (number == (void *)-1) return 2;
    *number = 41;
    const pid_t child = fork();
    if (child == -1) return 3;
    if (child == 0) {
        struct sembuf take = {0, -1, SEM_UNDO}, await = {1, -1, 0}, both[] = {{1, 0, 0}, {0, -1, 0}};
        if (operate(&take, 1) == -1 || operate(&await, 1) == -1) _exit(1);
        *number = 42;
        if (shmdt(number) == -1) _exit(2);
        _exit(operate(both, 2) == -1);
    }
    struct sembuf give = {1, 1, 0};
    if (operate(&give, 1) == -1) return 4;
    if (kill(child, SIGKILL) == -1 || wait(NULL) != child) return 5;
    if (semctl(set, 0, GETVAL) != 1 || *number != 42) return 6;
    if (shmctl(segment, IPC_RMID, NULL) == -1 || shmdt(number) == -1) return 7;
    return semctl(set, 0, IPC_RMID) == -1;
}
