/* post.c: one queue, a letter box for each. cc -Wall post.c && ./a.out */
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

struct letter { long type; char text[8]; };

static void client(key_t key, long type)
{
    struct letter letter;
    int id = msgget(key, 0600);                                     /* found: the same key, the same queue */

    if (id == -1) _exit(1);
    while (msgrcv(id, &letter, sizeof letter.text, type, 0) != -1)  /* take: letters of my type only */
        continue;
    _exit(0);                                                       /* the queue was removed */
}

int main(void)
{
    struct letter tea = { 1, "tea" }, milk = { 2, "milk" };         /* type 1: for anna, type 2: for ben */
    key_t key = ftok(".", 'q');                                     /* key: of this folder and a letter */
    if (key == -1) _exit(1);
    int id = msgget(key, IPC_CREAT | IPC_EXCL | 0600);              /* made */
    if (id == -1) _exit(1);
    for (long type = 1; type <= 2; type++) {
        pid_t child = fork();
        if (child == -1) _exit(1);
        if (child == 0) client(key, type);
    }
    if (msgsnd(id, &milk, 4, 0) == -1) _exit(1);                    /* for ben */
    if (msgsnd(id, &tea, 3, 0) == -1) _exit(1);                     /* for anna */
    if (msgsnd(id, &tea, 3, 0) == -1) _exit(1);                     /* left: once more, and nobody takes it */
    if (msgctl(id, IPC_RMID, NULL) == -1) _exit(1);                 /* away: nobody else will do it */
    if (wait(NULL) == -1 || wait(NULL) == -1) _exit(1);
    _exit(0);
}
