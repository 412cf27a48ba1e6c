// Message queues, POSIX and System V: every call, in good and in bad cases.
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAME "/ipcscope-strace"

int main(void) {
    char bytes[64];
    unsigned priority;
    const struct timespec past = {1, 0};
    struct mq_attr attributes = {.mq_maxmsg = 2, .mq_msgsize = 64}, before;
    mq_unlink(NAME);
    const mqd_t queue = mq_open(NAME, O_CREAT | O_EXCL | O_RDWR, 0600, &attributes);
    if (queue == -1) return 1;
    if (mq_open(NAME, O_CREAT | O_EXCL | O_RDWR, 0600, NULL) != -1) return 2;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    signal(SIGUSR1, SIG_IGN);
    if (mq_notify(queue, &event) == -1 || mq_notify(queue, NULL) == -1 || mq_notify(queue, &event) == -1) return 3;
    if (mq_send(queue, "low", 3, 1) == -1 || mq_send(queue, "high", 4, 9) == -1) return 4;
    if (mq_timedsend(queue, "late", 4, 0, &past) != -1 || errno != ETIMEDOUT) return 5;
    if (mq_getattr(queue, &attributes) == -1 || attributes.mq_curmsgs != 2) return 6;
    attributes.mq_flags = O_NONBLOCK;
    if (mq_setattr(queue, &attributes, &before) == -1) return 7;
    if (mq_send(queue, "full", 4, 0) != -1 || errno != EAGAIN) return 8;
    if (mq_receive(queue, bytes, 10, NULL) != -1 || errno != EMSGSIZE) return 9;
    if (mq_receive(queue, bytes, sizeof bytes, &priority) != 4 || priority != 9) return 10;
    if (mq_timedreceive(queue, bytes, sizeof bytes, &priority, &past) != 3 || priority != 1) return 11;
    const pid_t child = fork();
    if (child == 0) _exit(mq_send(queue, "", 0, 3) == -1);
    if (wait(NULL) != child || mq_receive(queue, bytes, sizeof bytes, &priority) != 0) return 12;
    const int second = dup(queue);
    if (mq_close(queue) == -1 || mq_unlink(NAME) == -1 || mq_send(second, "on", 2, 0) == -1 || close(second) == -1) return 13;

    struct { long type; char text[16]; } message = {3, "three"};
    struct msqid_ds about;
    const int id = msgget(IPC_PRIVATE, 0600);
    if (id == -1 || ftok(".", 'x') == -1 || msgget(0x7e57, 0) != -1) return 20;
    if (msgsnd(id, &message, 5, 0) == -1) return 21;
    message.type = 1;
    if (msgsnd(id, &message, 2, IPC_NOWAIT) == -1) return 22;
    message.type = 0;
    if (msgsnd(id, &message, 2, 0) != -1 || errno != EINVAL) return 23;
    if (msgctl(id, IPC_STAT, &about) == -1 || about.msg_qnum != 2) return 24;
    about.msg_qbytes = 8;
    if (msgctl(id, IPC_SET, &about) == -1) return 25;
    message.type = 4;
    if (msgsnd(id, &message, 4, IPC_NOWAIT) != -1 || errno != EAGAIN) return 26;
    if (msgrcv(id, &message, sizeof message.text, 7, IPC_NOWAIT) != -1 || errno != ENOMSG) return 27;
    if (msgrcv(id, &message, 2, 3, 0) != -1 || errno != E2BIG) return 28;
    if (msgrcv(id, &message, sizeof message.text, -2, 0) != 2 || message.type != 1) return 29;
    if (msgrcv(id, &message, 2, 0, MSG_NOERROR) != 2 || message.type != 3) return 30;
    if (msgctl(id, IPC_RMID, NULL) == -1) return 31;
    return msgrcv(id, &message, sizeof message.text, 0, 0) != -1;
}
