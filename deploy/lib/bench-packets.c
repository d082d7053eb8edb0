// bench-packets OBJECT KEY=VALUE…: sends small packets from the client's namespace with the kernel as generator, counts at the server's end what
// arrives, and prints both as JSON. Everything that it attaches goes when it ends, however it ends.
//
//   client= director= server=   namespaces        to= expected= sources=   addresses: virtual, as the server must see it, first of the clients
//   protocol=udp|syn  port=  flows=N (0: ever new)    warm=MS time=MS  rate=PACKETS/S (a socket sends, one flow)    forward=1: bare redirect
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "bench.h"

static int words_count;
static char **words;

_Noreturn static void die(const char *what, ...) {
    va_list rest;
    int error = errno;
    va_start(rest, what);
    fputs("bench-packets: ", stderr);
    vfprintf(stderr, what, rest);
    fprintf(stderr, ": %s\n", strerror(error));
    exit(1);
}

static const char *word(const char *key, const char *otherwise) {
    size_t length = strlen(key);
    for (int i = 0; i < words_count; i++)
        if (!strncmp(words[i], key, length) && words[i][length] == '=') return words[i] + length + 1;
    return otherwise;
}

static double number(const char *key) { return atof(word(key, "0")); }

static void enter(const char *host) {
    char path[256];
    snprintf(path, sizeof path, "/run/netns/%s", word(host, ""));
    int namespace = open(path, O_RDONLY | O_CLOEXEC);
    if (namespace < 0 || setns(namespace, CLONE_NEWNET)) die("enter %s", path);
    close(namespace);
}

// In the namespace we are in: the interface's number, and its MAC address.
static unsigned look_up(const char *interface, __u8 mac[6]) {
    struct ifreq request = { 0 };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
    if (fd < 0 || ioctl(fd, SIOCGIFHWADDR, &request)) die("interface %s", interface);
    close(fd);
    memcpy(mac, request.ifr_hwaddr.sa_data, 6);
    return if_nametoindex(interface);
}

static struct bench_settings read_settings(unsigned *sink_on, unsigned *forward_on) {
    struct bench_settings s = { .flows = (__u64)number("flows"), .port = htons((__u16)number("port")) };
    s.protocol = strcmp(word("protocol", "udp"), "syn") ? IPPROTO_UDP : IPPROTO_TCP;
    s.unfinished = number("rate") != 0;
    s.to = inet_addr(word("to", ""));
    s.expected = inet_addr(word("expected", ""));
    s.sources = ntohl(inet_addr(word("sources", "198.18.0.0")));
    enter("server");
    *sink_on = look_up("eth0", s.forward_to);
    enter("director");
    *forward_on = look_up("eth0", s.next_hop);
    s.forward_out = look_up("eth1", s.forward_own);
    enter("client");
    s.out = look_up("eth0", s.own);
    return s;
}

static struct bpf_program *program(struct bpf_object *object, const char *name) {
    struct bpf_program *found = bpf_object__find_program_by_name(object, name);
    if (!found) die("no program %s", name);
    return found;
}

// The link goes with this process.
static void attach(struct bpf_object *object, const char *name, const char *host, unsigned interface) {
    enter(host);
    if (!bpf_program__attach_xdp(program(object, name), (int)interface)) die("attach %s", name);
}

static struct bench_counts counted(int map) {
    static struct bench_counts rows[BENCH_CPUS];
    struct bench_counts sum = { 0 };
    __u32 zero = 0;
    if (bpf_map_lookup_elem(map, &zero, rows)) die("read the counts");
    for (int i = 0; i < BENCH_CPUS; i++) { sum.arrived += rows[i].arrived; sum.wrong += rows[i].wrong; sum.sent += rows[i].sent; }
    return sum;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// CPU seconds of the whole machine that were not idle, since it started.
static double busy(void) {
    unsigned long long user, nice, system, idle, wait, irq, softirq;
    FILE *file = fopen("/proc/stat", "re");
    if (!file || fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait, &irq, &softirq) != 7) die("read /proc/stat");
    fclose(file);
    return (double)(user + nice + system + irq + softirq) / (double)sysconf(_SC_CLK_TCK);
}

// One call for all: making ready costs the kernel 25 ms each time. Ends with the signal that ends this process.
_Noreturn static void generate(int generator) {
    unsigned char frame[BENCH_FRAME] = { 0 };
    LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .data_size_in = sizeof frame, .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
        .repeat = 1 << 30, .batch_size = 64);
    while (!bpf_prog_test_run_opts(generator, &run)) { }
    die("generate");
}

// The generator in the kernel keeps a CPU busy whatever its rate; where CPU time is the question, a socket sends, every millisecond its share.
_Noreturn static void send_at_rate(const struct bench_settings *to, double rate) {
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = to->port, .sin_addr.s_addr = to->to };
    char payload[BENCH_FRAME - 42] = { 0 };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) die("socket");
    double began = seconds(), sent = 0;
    for (;;) {
        for (double due = (seconds() - began) * rate; sent < due; sent++) (void)!send(fd, payload, sizeof payload, 0);
        usleep(1000);
    }
}

static pid_t start(int generator, const struct bench_settings *settings) {
    pid_t child = fork();
    if (child) return child;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (number("rate")) send_at_rate(settings, number("rate"));
    generate(generator);
}

static void wait_ms(double time) { usleep((useconds_t)(time * 1000)); }

int main(int count, char **arguments) {
    unsigned sink_on, forward_on;
    if (count < 3) { fputs("usage: bench-packets OBJECT KEY=VALUE…\n", stderr); return 2; }
    words = arguments + 2;
    words_count = count - 2;
    struct bench_settings settings = read_settings(&sink_on, &forward_on);
    struct bpf_object *object = bpf_object__open_file(arguments[1], NULL);
    struct bpf_map *rodata = object ? bpf_object__find_map_by_name(object, ".rodata") : NULL;
    if (!rodata || bpf_map__set_initial_value(rodata, &settings, sizeof settings) || bpf_object__load(object)) die("load %s", arguments[1]);
    int counts = bpf_object__find_map_fd_by_name(object, ".data.counts");
    if (number("forward")) attach(object, "forward", "director", forward_on);
    attach(object, "sink", "server", sink_on);
    enter("client");
    int generator = bpf_program__fd(program(object, "generate"));

    pid_t child = start(generator, &settings);
    wait_ms(number("warm"));
    double began = seconds(), worked = busy();
    struct bench_counts before = counted(counts);
    wait_ms(number("time"));
    struct bench_counts after = counted(counts);
    double took = seconds() - began, worked_after = busy();
    int status;
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    if (WIFEXITED(status)) return 1;
    wait_ms(100);
    __u64 wrong = counted(counts).wrong;
    printf("{\"seconds\": %.4f, \"sentPerSecond\": %.0f, \"arrivedPerSecond\": %.0f, \"arrived\": %llu, \"wrong\": %llu, \"busySeconds\": %.2f}\n", took,
        (double)(after.sent - before.sent) / took, (double)(after.arrived - before.arrived) / took,
        (unsigned long long)(after.arrived - before.arrived), (unsigned long long)wrong, worked_after - worked);
    return 0;
}
