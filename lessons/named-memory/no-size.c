/* no-size.c: the size was forgotten. cc -Wall no-size.c && ./a.out */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define BOTH (PROT_READ | PROT_WRITE)
struct note { int number; int *at; };                       /* at: where the writer sees number */

static void reader(struct note *inherited)
{
    if (munmap(inherited, 4096) == -1) _exit(1);            /* stranger: it knows nothing but the name */
    if (mmap(inherited, 4096, BOTH, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) _exit(1);    /* aside */

    int fd = shm_open("/note", O_RDWR, 0);                  /* found: by its name */
    if (fd == -1) _exit(1);
    struct note *note = mmap(NULL, 4096, BOTH, MAP_SHARED, fd, 0);
    if (note == MAP_FAILED) _exit(1);
    int number = note->number, *at = note->at;              /* read: a value, and an address */
    if (shm_unlink("/note") == -1) _exit(1);                /* nameless: who has it, keeps it */
    note->number = number + 1;                              /* answer */
    _exit(at == &note->number ? 1 : 0);
}

int main(void)
{
    int fd = shm_open("/note", O_RDWR | O_CREAT | O_EXCL, 0600);     /* name: of a new object */
    if (fd == -1) _exit(1);
    struct note *note = mmap(NULL, 4096, BOTH, MAP_SHARED, fd, 0);   /* window: on the object */
    if (note == MAP_FAILED || close(fd) == -1) _exit(1);             /* the window stays open */
    note->number = 41;                                      /* left: for whoever knows the name */
    note->at = &note->number;
    pid_t child = fork();                                   /* second */
    if (child == -1) _exit(1);
    if (child == 0) reader(note);
    if (wait(NULL) != child) _exit(1);
    _exit(note->number == 42 ? 0 : 1);
}
