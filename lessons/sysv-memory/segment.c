/* segment.c: memory with a key. cc -Wall segment.c && ./a.out */
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

struct note { int number; };

static void reader(key_t key, struct note *inherited)
{
    if (shmdt(inherited) == -1) _exit(1);                   /* stranger: it knows nothing but the key */
    int id = shmget(key, sizeof *inherited, 0600);          /* found: the same key, the same segment */
    if (id == -1) _exit(1);
    struct note *note = shmat(id, NULL, 0);                 /* attached: for itself */
    if (note == (void *)-1) _exit(1);
    int number = note->number;                              /* read */
    if (shmctl(id, IPC_RMID, NULL) == -1) _exit(1);         /* marked: nobody else will do it */
    note->number = number + 1;                              /* answer */
    if (shmget(key, sizeof *note, 0600) != -1) _exit(1);    /* again: by the same key */
    _exit(0);
}

int main(void)
{
    key_t key = ftok(".", 'm');                             /* key: of this folder and a letter */
    if (key == -1) _exit(1);
    int id = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);    /* made */
    if (id == -1) _exit(1);
    struct note *note = shmat(id, NULL, 0);                 /* window: one of its own */
    if (note == (void *)-1) _exit(1);
    note->number = 41;                                      /* left: for whoever knows the key */
    pid_t child = fork();                                   /* second */
    if (child == -1) _exit(1);
    if (child == 0) reader(key, note);
    if (wait(NULL) != child) _exit(1);
    if (note->number != 42) _exit(1);                       /* look */
    if (shmdt(note) == -1) _exit(1);                        /* last */
    _exit(0);
}
