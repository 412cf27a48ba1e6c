// System V semaphores: every call, in good and in bad cases.
#define _GNU_SOURCE
#include <errno.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

union semun { int val; struct semid_ds *buf; unsigned short *array; struct seminfo *info; };

int main(void) {
    struct semid_ds about;
    struct seminfo limits;
    unsigned short values[2] = {3, 0}, seen[2];
    const struct timespec soon = {0, 1000};
    const int id = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
    if (id == -1 || semget(0x7e57, 1, 0) != -1 || errno != ENOENT) return 1;
    if (semget(IPC_PRIVATE, 40000, 0600) != -1 || errno != EINVAL) return 2;
    if (semctl(id, 0, SETALL, (union semun){.array = values}) == -1) return 3;
    if (semctl(id, 1, SETVAL, (union semun){.val = 2}) == -1 || semctl(id, 1, GETVAL) != 2) return 4;
    if (semctl(id, 0, GETALL, (union semun){.array = seen}) == -1 || seen[0] != 3 || seen[1] != 2) return 5;
    struct sembuf take = {0, -1, SEM_UNDO}, both[2] = {{0, -1, 0}, {1, -1, IPC_NOWAIT | SEM_UNDO}}, zero = {1, 0, IPC_NOWAIT}, give = {1, 5, 0}, wrong = {7, 1, 0};
    if (semop(id, &take, 1) == -1 || semop(id, both, 2) == -1 || semop(id, &give, 1) == -1) return 6;
    if (semop(id, &zero, 1) != -1 || errno != EAGAIN) return 7;
    if (semop(id, &wrong, 1) != -1 || errno != EFBIG) return 8;
    if (semop(id, &take, 0) != -1 || errno != EINVAL) return 9;
    take.sem_op = -9;
    if (semtimedop(id, &take, 1, &soon) != -1 || errno != EAGAIN) return 10;
    if (semctl(id, 0, GETPID) != getpid() || semctl(id, 0, GETNCNT) != 0 || semctl(id, 1, GETZCNT) != 0) return 11;
    if (semctl(id, 0, IPC_STAT, (union semun){.buf = &about}) == -1 || about.sem_nsems != 2) return 12;
    about.sem_perm.mode = 0640;
    if (semctl(id, 0, IPC_SET, (union semun){.buf = &about}) == -1) return 13;
    if (semctl(0, 0, IPC_INFO, (union semun){.info = &limits}) == -1 || semctl(0, 0, SEM_INFO, (union semun){.info = &limits}) == -1) return 14;
    if (semctl(0, 0, SEM_STAT, (union semun){.buf = &about}) == -1) return 15;
    if (semctl(id, 0, 99, 0) != -1 || errno != EINVAL) return 16;
    if (semctl(id, 0, SETVAL, (union semun){.val = 99999}) != -1 || errno != ERANGE) return 17;
    const pid_t child = fork();
    struct sembuf one = {1, -1, SEM_UNDO | 0x40};
    if (child == 0) _exit(semop(id, &one, 1) == -1);
    if (wait(NULL) != child || semctl(id, 1, GETVAL) != 6) return 18;
    if (semctl(id, 0, IPC_RMID) == -1) return 19;
    return semop(id, &give, 1) != -1;
}
