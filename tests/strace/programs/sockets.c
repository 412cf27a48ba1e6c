// Sockets: every call that is a system call, in good and in bad cases.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int answer(const char *what, long result) { return what ? (int)result : -1; }

int main(void) {
    char bytes[64];
    struct sockaddr_in name = {.sin_family = AF_INET}, peer;
    socklen_t room = sizeof name;
    signal(SIGPIPE, SIG_IGN);
    unlink("door");
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int listener = answer("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), on = 1;
    answer("setsockopt", setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    answer("bind", bind(listener, (struct sockaddr *)&name, sizeof name));
    answer("getsockname", getsockname(listener, (struct sockaddr *)&name, &room));
    answer("listen", listen(listener, 3));
    answer("getpeername", getpeername(listener, (struct sockaddr *)&peer, &room));
    const int client = answer("socket", socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
    answer("connect", connect(client, (struct sockaddr *)&name, sizeof name));
    room = sizeof peer;
    const int server = answer("accept", accept(listener, (struct sockaddr *)&peer, &room));
    answer("room", room);
    answer("send", send(client, "one", 3, 0));
    answer("sendto", sendto(client, "two", 3, MSG_NOSIGNAL, NULL, 0));
    answer("peek", recv(server, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT) > 0);
    answer("recv", recv(server, bytes, 6, MSG_WAITALL));
    answer("nothing", recv(server, bytes, sizeof bytes, MSG_DONTWAIT));
    answer("shutdown", shutdown(client, SHUT_WR));
    answer("end", recvfrom(server, bytes, sizeof bytes, 0, NULL, NULL));
    answer("pipe", send(client, "x", 1, 0));
    answer("close", close(server));
    int error = 0;
    room = sizeof error;
    answer("getsockopt", getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &room));
    answer("accept4", accept4(client, NULL, NULL, SOCK_NONBLOCK));
    answer("refused", connect(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&(struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(1), .sin_addr = name.sin_addr}, sizeof name));
    answer("bad", send(99, "x", 1, 0));

    int pair[2];
    answer("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    union { char space[CMSG_SPACE(sizeof(int))]; struct cmsghdr header; } control = {0};
    struct iovec out[2] = {{"ab", 2}, {"c", 1}}, in = {bytes, sizeof bytes};
    struct msghdr message = {.msg_iov = out, .msg_iovlen = 2, .msg_control = &control, .msg_controllen = sizeof control};
    control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), &listener, sizeof listener);
    answer("sendmsg", sendmsg(pair[0], &message, 0));
    message = (struct msghdr){.msg_iov = &in, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    answer("recvmsg", recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC));
    struct mmsghdr several[2] = {{.msg_hdr = {.msg_iov = out, .msg_iovlen = 2}}, {.msg_hdr = {.msg_iov = out, .msg_iovlen = 1}}};
    answer("sendmmsg", sendmmsg(pair[1], several, 2, MSG_NOSIGNAL));
    several[0].msg_hdr.msg_iov = &in, several[0].msg_hdr.msg_iovlen = 1;
    answer("recvmmsg", recvmmsg(pair[0], several, 1, 0, NULL));
    answer("none came", recvmmsg(pair[0], several, 1, MSG_DONTWAIT, &(struct timespec){0, 0}));
    answer("bad several", sendmmsg(99, several, 2, 0));
    int came = -1;
    memcpy(&came, CMSG_DATA(&control.header), sizeof came);
    answer("came", came);
    answer("same", close(came));
    answer("write", write(pair[0], "hi", 2));
    struct pollfd one = {pair[1], POLLIN, 0};
    struct timespec now = {0, 0};
    struct timeval soon = {0, 0};
    answer("ppoll", ppoll(&one, 1, &now, NULL));
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair[1], &set);
    answer("select", select(pair[1] + 1, &set, NULL, NULL, &soon));
    answer("pselect", pselect(pair[1] + 1, &set, NULL, NULL, &now, NULL));
    const int watch = answer("epoll_create1", epoll_create1(EPOLL_CLOEXEC));
    struct epoll_event event = {.events = EPOLLIN, .data.fd = pair[1]};
    answer("epoll_ctl", epoll_ctl(watch, EPOLL_CTL_ADD, pair[1], &event));
    answer("epoll_wait", epoll_wait(watch, &event, 1, 0));
    answer("again", epoll_ctl(watch, EPOLL_CTL_ADD, pair[1], &event));
    const int file = open("file", O_RDWR | O_CREAT, 0600);
    answer("write", write(file, "content", 7));
    off_t from = 0;
    answer("sendfile", sendfile(pair[0], file, &from, 7));
    answer("from", from);
    int fds[2];
    answer("pipe", pipe(fds));
    answer("splice", splice(pair[1], NULL, fds[1], NULL, 9, 0));
    answer("read", read(fds[0], bytes, sizeof bytes));

    const int datagrams = answer("datagrams", socket(AF_UNIX, SOCK_DGRAM, 0));
    struct sockaddr_un door = {.sun_family = AF_UNIX, .sun_path = "door"};
    answer("bind", bind(datagrams, (struct sockaddr *)&door, sizeof door));
    answer("taken", bind(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr *)&door, sizeof door));
    answer("sendto", sendto(datagrams, "self", 4, 0, (struct sockaddr *)&door, sizeof door));
    answer("cut", recv(datagrams, bytes, 2, MSG_TRUNC));
    _exit(0);
}
