/* named.c: two processes meet at a semaphore with a name. cc -Wall named.c -pthread && ./a.out */
#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

static void guest(sem_t *inherited)
{
    if (sem_close(inherited) == -1) _exit(1);               /* stranger: it knows nothing but the name */
    sem_t *door = sem_open("/door", 0);                     /* found: by its name */
    if (door == SEM_FAILED) _exit(1);
    if (sem_wait(door) == -1) _exit(1);                     /* in */
    if (sem_unlink("/door") == -1) _exit(1);                /* nameless: who has it, keeps it */
    if (sem_post(door) == -1) _exit(1);                     /* out */
    if (sem_open("/door", 0) != SEM_FAILED) _exit(1);       /* again: by the same name */
    _exit(0);
}

int main(void)
{
    sem_t *door = sem_open("/door", O_CREAT | O_EXCL, 0600, 1);     /* name: of a new one, with a permit */
    if (door == SEM_FAILED) _exit(1);
    if (sem_wait(door) == -1) _exit(1);                     /* taken */
    pid_t child = fork();
    if (child == -1) _exit(1);
    if (child == 0) guest(door);
    if (sem_post(door) == -1) _exit(1);                     /* given */
    if (wait(NULL) != child) _exit(1);
    if (sem_wait(door) == -1) _exit(1);                     /* still there */
    if (sem_close(door) == -1) _exit(1);                    /* done: the last one */
    _exit(0);
}
