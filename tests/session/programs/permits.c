// Three children take permits and give them back, as fast as they can, until they are killed in the middle of it. Argument: with
// SEM_UNDO or without. Then nothing more happens.
#include <signal.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    const short how = argc > 1 && strcmp(argv[1], "undo") == 0 ? SEM_UNDO : 0;
    const int set = semget(IPC_PRIVATE, 3, 0600);
    unsigned short values[3] = {2, 0, 0};
    if (set == -1 || semctl(set, 0, SETALL, values) == -1) return 1;
    struct sembuf take = {0, -1, how}, move[] = {{1, 1, how}, {0, 0, IPC_NOWAIT}}, back[] = {{1, -1, how}, {0, 1, how}}, give = {0, 1, how}, ready = {2, 1, 0}, all = {2, -3, 0};
    pid_t child[3];
    for (int i = 0; i < 3; i++) {
        child[i] = fork();
        if (child[i] == -1) return 2;
        if (child[i] == 0 && semop(set, &ready, 1) == -1) _exit(4);
        while (child[i] == 0) {
            if (semop(set, &take, 1) == -1) _exit(1);
            if (semop(set, move, 2) == -1) { if (semop(set, &give, 1) == -1) _exit(2); }
            else if (semop(set, back, 2) == -1) _exit(3);
        }
    }
    if (semop(set, &all, 1) == -1) return 6;
    for (int i = 0; i < 30; i++)
        if (semop(set, &take, 1) == -1 || semop(set, &give, 1) == -1) return 3;
    for (int i = 0; i < 3; i++)
        if (kill(child[i], SIGKILL) == -1 || wait(NULL) == -1) return 4;
    if (how == SEM_UNDO && (semctl(set, 0, GETVAL) != 2 || semctl(set, 1, GETVAL) != 0)) return 5;
    pause();
    return 0;
}
