/* queue.c: whole messages, the most important one first. cc -Wall queue.c && ./a.out */
#include <fcntl.h>
#include <mqueue.h>
#include <sys/wait.h>
#include <unistd.h>

static char tiny[8], buf[16];
static unsigned prio;

static void receiver(void)
{
    mqd_t q = mq_open("/lesson", O_RDONLY);                         /* found: the same name, the same queue */
    if (q == -1) _exit(1);
    if (mq_receive(q, tiny, sizeof tiny, &prio) != -1) _exit(1);    /* tiny: a message might not fit */
    while (mq_receive(q, buf, sizeof buf, &prio) > 0)               /* take: one message, and a whole one */
        continue;
    _exit(0);                                                       /* the empty message: no more will come */
}

int main(void)
{
    struct mq_attr attr = { .mq_maxmsg = 3, .mq_msgsize = 16 };
    mqd_t q = mq_open("/lesson", O_WRONLY | O_CREAT | O_EXCL, 0600, &attr);     /* made */
    if (q == -1) _exit(1);
    pid_t child = fork();
    if (child == -1) _exit(1);
    if (child == 0 && mq_close(q) == -1) _exit(1);                  /* the receiver opens it by its name */
    if (child == 0) receiver();
    if (mq_send(q, "hi", 2, 5) == -1) _exit(1);                     /* wake */
    if (mq_send(q, "low", 3, 1) == -1 || mq_send(q, "high", 4, 9) == -1 ||
        mq_send(q, "mid", 3, 5) == -1) _exit(1);                    /* three: each with a priority */
    if (mq_send(q, "more", 4, 5) == -1) _exit(1);                   /* full: there is no fourth place */
    if (mq_send(q, "", 0, 0) == -1 || wait(NULL) == -1) _exit(1);   /* done: a message without bytes */
    if (mq_send(q, "left", 4, 1) == -1) _exit(1);                   /* left: nobody is there to take it */
    if (mq_close(q) == -1) _exit(1);                                /* alone: now nobody has the queue open */
    if ((q = mq_open("/lesson", O_RDONLY)) == -1) _exit(1);         /* again */
    if (mq_receive(q, buf, sizeof buf, &prio) != 4) _exit(1);
    _exit(mq_unlink("/lesson") == -1);                           /* away: with the last close the queue goes */
}
