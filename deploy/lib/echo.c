// echo ADDRESS PORT: RFC 862 over TCP and UDP, IPv4 or IPv6, for thousands of connections at once in one process.
// What a peer does not read stays in the kernel: the program reads on only when everything before was written back.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BufferBytes = 16384, MaximumDescriptors = 1 << 20 };

// What could not be written yet; null for nearly every connection nearly always.
static struct rest { size_t from, to; char bytes[BufferBytes]; } *rests[MaximumDescriptors];
static int epoll;

static void die(const char *what) { perror(what); exit(1); }

static void watch(int operation, int fd, unsigned events) {
    struct epoll_event event = { .events = events, .data.fd = fd };
    if (epoll_ctl(epoll, operation, fd, &event)) die("echo: epoll_ctl");
}

static int open_socket(int type, const struct addrinfo *at) {
    int fd = socket(at->ai_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, at->ai_addr, at->ai_addrlen)) die("echo: bind");
    if (type == SOCK_STREAM && listen(fd, 65535)) die("echo: listen");
    return fd;
}

static void drop(int fd) {
    free(rests[fd]);
    rests[fd] = NULL;
    close(fd);
}

static void accept_all(int listener) {
    for (int fd, one = 1; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
}

static void echo_datagrams(int fd) {
    static char bytes[65536];
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    for (ssize_t got; (got = recvfrom(fd, bytes, sizeof bytes, 0, (void *)&from, &length)) >= 0; length = sizeof from)
        sendto(fd, bytes, (size_t)got, 0, (void *)&from, length);
}

// Writes what is left over; true when nothing is.
static int write_rest(int fd) {
    struct rest *rest = rests[fd];
    while (rest->from < rest->to) {
        ssize_t put = write(fd, rest->bytes + rest->from, rest->to - rest->from);
        if (put < 0 && errno == EAGAIN) return 0;
        if (put < 0) { drop(fd); return 0; }
        rest->from += (size_t)put;
    }
    free(rest);
    rests[fd] = NULL;
    watch(EPOLL_CTL_MOD, fd, EPOLLIN);
    return 1;
}

static void echo_stream(int fd) {
    static char bytes[BufferBytes];
    ssize_t got = read(fd, bytes, sizeof bytes);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) { drop(fd); return; }
    ssize_t put = write(fd, bytes, (size_t)got);
    if (put == got) return;
    if (put < 0 && errno != EAGAIN) { drop(fd); return; }
    struct rest *rest = rests[fd] = malloc(sizeof *rest);
    if (!rest) { drop(fd); return; }
    rest->from = 0;
    rest->to = (size_t)(got - (put < 0 ? 0 : put));
    memcpy(rest->bytes, bytes + got - (ssize_t)rest->to, rest->to);
    watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
}

int main(int count, char **words) {
    struct addrinfo *at, numeric = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM };
    if (count != 3 || getaddrinfo(words[1], words[2], &numeric, &at)) { fputs("usage: echo ADDRESS PORT\n", stderr); return 2; }
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max < MaximumDescriptors ? files.rlim_max : MaximumDescriptors;
    setrlimit(RLIMIT_NOFILE, &files);

    epoll = epoll_create1(EPOLL_CLOEXEC);
    int listener = open_socket(SOCK_STREAM, at), datagrams = open_socket(SOCK_DGRAM, at);
    watch(EPOLL_CTL_ADD, listener, EPOLLIN);
    watch(EPOLL_CTL_ADD, datagrams, EPOLLIN);
    static struct epoll_event ready[512];
    for (;;) {
        int n = epoll_wait(epoll, ready, 512, -1);
        for (int i = 0; i < n; i++) {
            int fd = ready[i].data.fd;
            if (fd == listener) accept_all(fd);
            else if (fd == datagrams) echo_datagrams(fd);
            else if (!rests[fd] || write_rest(fd)) echo_stream(fd);
        }
    }
}
