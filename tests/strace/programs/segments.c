// System V shared memory: every call, in good and in bad cases.
#define _GNU_SOURCE
#include <errno.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    struct shmid_ds about;
    struct shminfo limits;
    const int id = shmget(IPC_PRIVATE, 5000, IPC_CREAT | 0600);
    if (id == -1 || shmget(0x7e57, 1, 0) != -1 || errno != ENOENT) return 1;
    if (shmget(IPC_PRIVATE, 0, 0600) != -1 || errno != EINVAL) return 2;
    int *const number = shmat(id, NULL, 0);
    if (number == (void *)-1) return 3;
    *number = 7;
    const int *const seen = shmat(id, NULL, SHM_RDONLY);
    if (seen == (void *)-1 || *seen != 7) return 4;
    char *const at = (char *)number + 0x200000;
    if (shmat(id, at + 17, SHM_RND) != at) return 5;
    if (shmat(id, at, SHM_REMAP) != at) return 6;
    if (shmat(id, at, 0) != (void *)-1 || errno != EINVAL) return 7;
    if (shmctl(id, IPC_STAT, &about) == -1 || about.shm_nattch != 3 || about.shm_segsz != 5000) return 8;
    about.shm_perm.mode = 0640;
    if (shmctl(id, IPC_SET, &about) == -1) return 9;
    if (shmctl(id, IPC_INFO, (struct shmid_ds *)&limits) == -1) return 10;
    if (shmctl(0, SHM_STAT, &about) == -1) return 12;
    if (shmdt(at) == -1 || shmdt(at) != -1 || errno != EINVAL) return 13;
    if (shmctl(id, 99, NULL) != -1 || errno != EINVAL) return 14;
    const pid_t child = fork();
    if (child == 0) {
        if (shmctl(id, IPC_STAT, &about) == -1 || about.shm_nattch != 4) _exit(1);
        *number = 8;
        _exit(shmdt(seen) == -1);
    }
    if (wait(NULL) != child || *seen != 8) return 15;
    if (shmctl(id, IPC_RMID, NULL) == -1) return 16;
    if (shmctl(id, IPC_STAT, &about) == -1 || (about.shm_perm.mode & SHM_DEST) == 0) return 17;
    if (shmdt(number) == -1 || shmdt(seen) == -1) return 18;
    return shmat(id, NULL, 0) != (void *)-1;
}
