/* without: runs a program on a machine that lacks something. without namespaces|tun|device|ipv6 PROGRAM [ARGUMENT …]
 * The kernel refuses it to the program and to all its children (seccomp(2)), as a machine does that was set up so. Exit status 77: it
 * cannot be taken away here. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

static int install(struct sock_filter *rules, size_t count)
{
    struct sock_fprog program = {(unsigned short)count, rules};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* This call fails with this error if the argument is so. */
static int refuse(int call, size_t argument, unsigned value, int error)
{
    struct sock_filter rules[] = {
        LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)(offsetof(struct seccomp_data, args) + 8 * argument)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), REFUSE((unsigned)error), ALLOW,
    };
    return install(rules, sizeof rules / sizeof *rules);
}

static int refuse_always(int call, int error)
{
    struct sock_filter rules[] = {LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)call, 0, 1), REFUSE((unsigned)error), ALLOW};
    return install(rules, sizeof rules / sizeof *rules);
}

/* An empty /dev/net, in mounts of our own. */
static int hide_device(void)
{
    if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return 0;
    (void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    return mount("tmpfs", "/dev/net", "tmpfs", 0, NULL) == 0;
}

static int take_away(const char *what)
{
    if (strcmp(what, "namespaces") == 0) return refuse_always(SYS_unshare, EPERM) && refuse_always(SYS_setns, EPERM);
    if (strcmp(what, "tun") == 0) return refuse(SYS_ioctl, 1, TUNSETIFF, EPERM);
    if (strcmp(what, "device") == 0) return hide_device();
    if (strcmp(what, "ipv6") == 0) return refuse(SYS_socket, 0, AF_INET6, EAFNOSUPPORT);
    return 0;
}

int main(int count, char **words)
{
    if (count < 3 || !take_away(words[1])) return 77;
    execvp(words[2], words + 2);
    perror(words[2]);
    return 127;
}
