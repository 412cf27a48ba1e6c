/* lost.c: the same, without SEM_UNDO. cc -Wall lost.c && ./a.out */
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

static int set;

static void change(short by, short how)
{
    struct sembuf one = { 0, by, how };                     /* of semaphore 0: so many more, and how */
    if (semop(set, &one, 1) == -1) _exit(1);
}

static void ann(void)
{
    change(-1, 0);                                          /* taken */
    _exit(1);                                               /* mistake: she leaves with the permit */
}

static void ben(void)
{
    change(-1, 0);                                          /* next */
    change(+1, 0);                                          /* given back */
    _exit(0);
}

int main(void)
{
    set = semget(IPC_PRIVATE, 1, 0600);                     /* made: a set of one semaphore */
    if (set == -1 || semctl(set, 0, SETVAL, 1) == -1) _exit(1);     /* one permit */
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        if (child == -1) _exit(1);
        if (child == 0) i == 0 ? ann() : ben();
    }
    if (wait(NULL) == -1 || wait(NULL) == -1) _exit(1);
    int value = semctl(set, 0, GETVAL);                     /* at last */
    if (semctl(set, 0, IPC_RMID) == -1) _exit(1);           /* away: nobody else will do it */
    _exit(value == 1 ? 0 : 1);
}
