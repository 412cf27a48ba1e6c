/* three.c: the same two messages by pipe, by queue and in shared memory. cc three.c && ./a.out */
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct board { sem_t news; char text[8]; };
static char buf[64];

static void consumer(const int ends[2], mqd_t queue, struct board *board)
{
    if (close(ends[1]) == -1 || read(ends[0], buf, sizeof buf) < 1) _exit(1);  /* stream: it writes nothing */
    if (mq_receive(queue, buf, 64, NULL) != 3 || mq_receive(queue, buf, 64, NULL) != 5) _exit(1);   /* whole */
    if (close(ends[0]) == -1 || mq_close(queue) == -1) _exit(1);        /* done with both */
    if (sem_wait(&board->news) == -1) _exit(1);                         /* told */
    if (write(1, board->text, strlen(board->text)) == -1) _exit(1);     /* found */
    _exit(0);
}

int main(void)
{
    int ends[2];
    struct mq_attr room = {.mq_maxmsg = 4, .mq_msgsize = sizeof buf};
    struct board *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED || sem_init(&board->news, 1, 0) == -1 || pipe(ends) == -1) _exit(1);
    mqd_t queue = mq_open("/news", O_RDWR | O_CREAT | O_EXCL, 0600, &room);
    if (queue == -1 || mq_unlink("/news") == -1) _exit(1);              /* no name is needed: fork shares it */
    pid_t child = fork();
    if (child == -1) _exit(1);
    if (child == 0) consumer(ends, queue, board);
    if (close(ends[0]) == -1 || write(ends[1], "one", 3) != 3) _exit(1);    /* it reads nothing */
    if (write(ends[1], "three", 5) != 5 || close(ends[1]) == -1) _exit(1);  /* done */
    if (mq_send(queue, "one", 3, 0) == -1 || mq_send(queue, "three", 5, 0) == -1) _exit(1);
    if (mq_close(queue) == -1 || !strcpy(board->text, "one")) _exit(1);     /* done */
    if (sem_post(&board->news) == -1 || !strcpy(board->text, "three") || sem_post(&board->news) == -1) _exit(1);
    _exit(wait(NULL) == child ? 0 : 1);
}
