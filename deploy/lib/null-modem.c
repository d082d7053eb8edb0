// null-modem DEVICE-A DEVICE-B UNPLUGGED: a serial cable between two pseudo terminals, linked as DEVICE-A and DEVICE-B.
// While the file UNPLUGGED exists, bytes of both directions are lost, as on a pulled cable. Bytes for an end that no
// process has open are lost too, as in a UART that is switched off, so that nothing old is ever delivered later.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { ClosedEndPollMilliseconds = 5 };

struct end { int master; int open; char device[128]; };

static void die(const char *what) { perror(what); exit(1); }

// Raw, and whatever waits in the terminal is thrown away.
static void reset_terminal(const struct end *end) {
    struct termios raw;
    int slave = open(end->device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (slave < 0 || tcgetattr(slave, &raw)) die(end->device);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    tcflush(slave, TCIOFLUSH);
    close(slave);
}

static void create(struct end *end, const char *link) {
    end->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (end->master < 0 || grantpt(end->master) || unlockpt(end->master)) die("null-modem: pseudo terminal");
    if (ptsname_r(end->master, end->device, sizeof end->device)) die("null-modem: pseudo terminal");
    // Opened and closed once: from now on the kernel reports a hang-up on the master while nobody has the slave open.
    reset_terminal(end);
    unlink(link);
    if (symlink(end->device, link)) die(link);
}

static void carry(struct end *from, const struct end *to, const char *unplugged) {
    char bytes[4096];
    for (ssize_t got; (got = read(from->master, bytes, sizeof bytes)) > 0;) {
        if (to->open && access(unplugged, F_OK)) {
            // A full receiver overruns and loses bytes, like the real one.
            if (write(to->master, bytes, (size_t)got) < 0 && errno != EAGAIN) die("null-modem: write");
        }
    }
}

static void notice_open_or_closed(struct end *end, int hung_up) {
    if (end->open && hung_up) reset_terminal(end);
    end->open = !hung_up;
}

int main(int count, char **words) {
    struct end ends[2] = { { 0 } };
    if (count != 4) { fputs("usage: null-modem DEVICE-A DEVICE-B UNPLUGGED\n", stderr); return 2; }
    for (int i = 0; i < 2; i++) create(&ends[i], words[1 + i]);
    for (;;) {
        // A hang-up is reported without end: an end that is closed is only looked at now and then.
        struct pollfd polls[2];
        for (int i = 0; i < 2; i++) polls[i] = (struct pollfd){ .fd = ends[i].open ? ends[i].master : -1, .events = POLLIN };
        int all_open = ends[0].open && ends[1].open;
        if (poll(polls, 2, all_open ? -1 : ClosedEndPollMilliseconds) < 0 && errno != EINTR) die("null-modem: poll");
        for (int i = 0; i < 2; i++) {
            struct pollfd now = { .fd = ends[i].master, .events = POLLIN };
            poll(&now, 1, 0);
            if (now.revents & POLLIN) carry(&ends[i], &ends[1 - i], words[3]);
            notice_open_or_closed(&ends[i], (now.revents & POLLHUP) != 0);
        }
    }
}
