// One object of each kind that has a name of its own, and then no more calls. Argument: part of the names.
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

static int bad(const char* what) {
    perror(what);
    return 1;
}

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const key_t key = (key_t)strtol(argv[1], NULL, 16);
    char name[64];
    snprintf(name, sizeof name, "/ipcscope-%s", argv[1]);

    const int queue = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    if (queue == -1) return bad("msgget");
    struct { long type; char text[8]; } message = {7, "seven"};
    if (msgsnd(queue, &message, 5, 0) == -1) return bad("msgsnd");
    message.type = 2;
    if (msgsnd(queue, &message, 3, 0) == -1) return bad("msgsnd");

    const int semaphores = semget(key, 2, IPC_CREAT | IPC_EXCL | 0600);
    if (semaphores == -1) return bad("semget");
    unsigned short values[2] = {3, 0};
    if (semctl(semaphores, 0, SETALL, values) == -1) return bad("semctl");

    const int memory = shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600);
    if (memory == -1) return bad("shmget");

    const int file = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
    if (file == -1 || ftruncate(file, 100) == -1) return bad("shm_open");

    struct mq_attr attributes = {0, 3, 32, 0, {0}};
    const mqd_t messages = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attributes);
    if (messages == -1) return bad("mq_open");
    if (mq_send(messages, "four", 4, 9) == -1) return bad("mq_send");
    close(messages);
    pause();
    return 0;
}
