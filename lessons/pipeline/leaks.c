/* leaks.c: pipeline.c without close-on-exec. cc -Wall leaks.c && ./a.out */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int a(void) { return write(1, "hello\n", 6) == 6 ? 0 : 1; }      /* a knows nothing of pipes */

static int b(void)
{
    char buf[64];
    ssize_t n;
    while ((n = read(0, buf, sizeof buf)) > 0)              /* b neither: it reads its standard input */
        if (write(1, buf, (size_t)n) != n) return 1;
    return n == 0 ? 0 : 1;
}

static void start(int end, int number, char* program, char* part)
{
    pid_t child = fork();
    if (child == -1) _exit(1);
    if (child != 0) return;
    if (dup2(end, number) == -1) _exit(1);                  /* plumb */
    execv(program, (char*[]){program, part, NULL});         /* become: whatever is open stays open */
    _exit(127);
}

int main(int argc, char** argv)
{
    int fds[2];
    if (argc > 1) _exit(strcmp(argv[1], "a") == 0 ? a() : b());
    if (pipe(fds) == -1) _exit(1);                          /* made: nothing closes them at exec */
    start(fds[1], 1, argv[0], "a");                         /* its standard output goes into the pipe */
    start(fds[0], 0, argv[0], "b");                         /* its standard input comes out of it */
    if (close(fds[0]) == -1 || close(fds[1]) == -1) _exit(1);           /* a shell needs neither end */
    while (wait(NULL) > 0) continue;
    _exit(0);
}
