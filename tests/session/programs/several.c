/* several: sends three messages with one call, and takes two with one, then what is left; over UDP, then over a socket pair with a descriptor. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    struct sockaddr_in there = {.sin_family = AF_INET}, from[2];
    socklen_t length = sizeof there;
    char first[8], second[8];
    struct iovec one = {"one", 3}, two[2] = {{"tw", 2}, {"o", 1}}, three = {"three", 5}, into = {first, sizeof first}, also = {second, sizeof second};
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int ear = socket(AF_INET, SOCK_DGRAM, 0), mouth = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(ear, (struct sockaddr *)&there, sizeof there) == -1 || getsockname(ear, (struct sockaddr *)&there, &length) == -1) return 1;
    struct mmsghdr out[3] = {{.msg_hdr = {.msg_name = &there, .msg_namelen = sizeof there, .msg_iov = &one, .msg_iovlen = 1}},
                             {.msg_hdr = {.msg_name = &there, .msg_namelen = sizeof there, .msg_iov = two, .msg_iovlen = 2}},
                             {.msg_hdr = {.msg_name = &there, .msg_namelen = sizeof there, .msg_iov = &three, .msg_iovlen = 1}}};
    struct mmsghdr in[2] = {{.msg_hdr = {.msg_name = &from[0], .msg_namelen = sizeof from[0], .msg_iov = &into, .msg_iovlen = 1}},
                            {.msg_hdr = {.msg_name = &from[1], .msg_namelen = sizeof from[1], .msg_iov = &also, .msg_iovlen = 1}}};
    if (sendmmsg(mouth, out, 3, 0) != 3 || out[2].msg_len != 5) return 2;
    if (recvmmsg(ear, in, 2, 0, NULL) != 2 || in[1].msg_len != 3) return 3;
    if (recvmmsg(ear, in, 2, MSG_WAITFORONE, NULL) != 1 || in[0].msg_len != 5) return 4;
    if (recvmmsg(ear, in, 2, MSG_DONTWAIT, NULL) != -1) return 5;

    int pair[2];
    union { char space[CMSG_SPACE(sizeof(int))]; struct cmsghdr header; } control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    memcpy(CMSG_DATA(&control.header), &ear, sizeof ear);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) return 6;
    out[0].msg_hdr = (struct msghdr){.msg_iov = &one, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    out[1].msg_hdr = (struct msghdr){.msg_iov = two, .msg_iovlen = 2};
    if (sendmmsg(pair[0], out, 2, 0) != 2) return 7;
    in[0].msg_hdr = (struct msghdr){.msg_iov = &into, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (recvmmsg(pair[1], in, 1, 0, NULL) != 1) return 8;
    memcpy(&ear, CMSG_DATA(&control.header), sizeof ear);
    if (close(ear) == -1) return 9;
    return sendmmsg(99, out, 1, 0) == -1 ? 0 : 10;
}
