// SCTP without the kernel's: libusrsctp over raw sockets, for a machine whose kernel has none. One association, one stream, echoed messages.
//
//   sctp listen ADDRESS PORT                    echoes whatever comes, any number of associations, until it is killed
//   sctp talk FROM ADDRESS PORT COUNT PAUSE_MS  sends COUNT numbered messages, each when the one before has come back; prints how many did
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <usrsctp.h>

enum { MESSAGE_BYTES = 1000 };

static void fail(const char *what) {
    fprintf(stderr, "sctp: %s: %s\n", what, strerror(errno));
    exit(1);
}

static socklen_t address_of(const char *text, const char *port, struct sockaddr_storage *address) {
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(atoi(port));
        return sizeof *v4;
    }
    if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1)
        fail(text);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(atoi(port));
    return sizeof *v6;
}

// Bound to one address, so that no other is announced in INIT: a translated association has one path.
static struct socket *bound_socket(const char *from, const char *port) {
    struct sockaddr_storage address;
    socklen_t length = address_of(from, port, &address);
    struct socket *socket = usrsctp_socket(address.ss_family, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
    if (!socket || usrsctp_bind(socket, (struct sockaddr *)&address, length) != 0)
        fail("bind");
    return socket;
}

static ssize_t receive(struct socket *socket, char *buffer, size_t bytes) {
    struct sctp_rcvinfo info;
    socklen_t info_length = sizeof info;
    unsigned int info_type = 0;
    int flags = 0;
    return usrsctp_recvv(socket, buffer, bytes, NULL, NULL, &info, &info_length, &info_type, &flags);
}

static void *echo(void *argument) {
    struct socket *socket = argument;
    char buffer[MESSAGE_BYTES];
    ssize_t length;
    while ((length = receive(socket, buffer, sizeof buffer)) > 0)
        if (usrsctp_sendv(socket, buffer, length, NULL, 0, NULL, 0, SCTP_SENDV_NOINFO, 0) < 0)
            break;
    usrsctp_close(socket);
    return NULL;
}

static void serve(const char *address, const char *port) {
    struct socket *listener = bound_socket(address, port);
    if (usrsctp_listen(listener, 64) != 0)
        fail("listen");
    for (;;) {
        pthread_t thread;
        struct socket *association = usrsctp_accept(listener, NULL, NULL);
        if (association && pthread_create(&thread, NULL, echo, association) == 0)
            pthread_detach(thread);
    }
}

static void connect_to(struct socket *socket, const char *address, const char *port) {
    struct sockaddr_storage peer;
    socklen_t length = address_of(address, port, &peer);
    struct sctp_rtoinfo patience = {.srto_initial = 300, .srto_min = 200, .srto_max = 1000};
    usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_RTOINFO, &patience, sizeof patience);
    if (usrsctp_connect(socket, (struct sockaddr *)&peer, length) != 0)
        fail("connect");
}

static void talk(struct socket *socket, int count, int pause_ms) {
    struct timespec pause = {pause_ms / 1000, pause_ms % 1000 * 1000000L};
    char sent[MESSAGE_BYTES], came[MESSAGE_BYTES];
    for (int i = 0; i < count; i++) {
        memset(sent, 'a' + i % 26, sizeof sent);
        snprintf(sent, sizeof sent, "%d", i);
        if (usrsctp_sendv(socket, sent, sizeof sent, NULL, 0, NULL, 0, SCTP_SENDV_NOINFO, 0) != sizeof sent)
            fail("send");
        for (ssize_t have = 0, length; have < (ssize_t)sizeof came; have += length)
            if ((length = receive(socket, came + have, sizeof came - have)) <= 0)
                fail("receive");
        if (memcmp(sent, came, sizeof sent) != 0) {
            fprintf(stderr, "sctp: message %d came back changed\n", i);
            exit(1);
        }
        nanosleep(&pause, NULL);
    }
    printf("%d messages came back\n", count);
}

int main(int count, char **words) {
    if ((count != 4 || strcmp(words[1], "listen") != 0) && (count != 7 || strcmp(words[1], "talk") != 0)) {
        fprintf(stderr, "usage: sctp listen ADDRESS PORT | sctp talk FROM ADDRESS PORT COUNT PAUSE_MS\n");
        return 2;
    }
    usrsctp_init(0, NULL, NULL);
    usrsctp_sysctl_set_sctp_blackhole(2);
    if (count == 4)
        serve(words[2], words[3]);
    struct socket *socket = bound_socket(words[2], "0");
    connect_to(socket, words[3], words[4]);
    talk(socket, atoi(words[5]), atoi(words[6]));
    usrsctp_close(socket);
    struct timespec parting = {0, 300000000L};
    nanosleep(&parting, NULL);
    return 0;
}
