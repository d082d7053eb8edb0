// The kernel's share of deploy/bench, loaded by bench-packets: "generate" makes packets and sends them out of the client's interface, "sink"
// counts and drops them at the server, "forward" is the bare redirect between the director's interfaces, the driver's limit.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "bench.h"

#define PORTS 60000 /* of each source address */
#define CHECKED 64  /* one packet of so many is checked at the sink */
#define SYN_BYTES (sizeof(struct ethhdr) + sizeof(struct iphdr) + sizeof(struct tcphdr))

const volatile struct bench_settings settings;
SEC(".data.counts") struct bench_counts counts[BENCH_CPUS]; /* one row a CPU: nobody waits for another's cache line */
static __u64 made;

struct frame {
    struct ethhdr ethernet;
    struct iphdr ip;
    union {
        struct { struct udphdr udp; __u8 data[18]; };
        struct tcphdr tcp;
    };
} __attribute__((packed, aligned(2)));

static __always_inline __u16 folded(__u32 sum) {
    sum = (sum & 0xffff) + (sum >> 16);
    return (sum & 0xffff) + (sum >> 16);
}

static __always_inline __u32 sum_of(const void *data, int words) {
    const __u16 *at = data;
    __u32 sum = 0;
#pragma unroll
    for (int i = 0; i < words; i++) sum += at[i];
    return sum;
}

// Of the pseudo header and all that follows the IP header: 0xffff when the checksum in it is right.
static __always_inline __u16 transport_sum(const struct frame *frame, int tcp) {
    int bytes = tcp ? sizeof frame->tcp : sizeof frame->udp + sizeof frame->data;
    __u32 sum = sum_of(&frame->ip.saddr, 4) + bpf_htons(frame->ip.protocol) + bpf_htons(bytes);
    return folded(sum + (tcp ? sum_of(&frame->tcp, sizeof frame->tcp / 2) : sum_of(&frame->udp, (sizeof frame->udp + sizeof frame->data) / 2)));
}

// By way of volatile: the compiler must not take the zeros of this file for the settings.
static __always_inline void copy_mac(__u8 *to, const volatile __u8 *from) {
#pragma unroll
    for (int i = 0; i < ETH_ALEN; i++) to[i] = from[i];
}

static __always_inline struct bench_counts *mine(void) { return &counts[bpf_get_smp_processor_id() & (BENCH_CPUS - 1)]; }

// The frames are recycled with whatever the last receiver wrote into them, so every byte is written anew.
SEC("xdp")
int generate(struct xdp_md *context) {
    struct frame *frame = (void *)(long)context->data;
    int tcp = settings.protocol == IPPROTO_TCP;
    int bytes = tcp ? sizeof frame->tcp : sizeof frame->udp + sizeof frame->data;
    if ((void *)frame + BENCH_FRAME > (void *)(long)context->data_end) return XDP_DROP;
    __u64 flow = made++;
    mine()->sent++;
    if (settings.flows) flow %= settings.flows;
    __builtin_memset(frame, 0, BENCH_FRAME);
    copy_mac(frame->ethernet.h_dest, settings.next_hop);
    copy_mac(frame->ethernet.h_source, settings.own);
    frame->ethernet.h_proto = bpf_htons(ETH_P_IP);
    frame->ip.version = 4;
    frame->ip.ihl = 5;
    frame->ip.ttl = 64;
    frame->ip.protocol = settings.protocol;
    frame->ip.tot_len = bpf_htons(sizeof frame->ip + bytes);
    frame->ip.saddr = bpf_htonl(settings.sources + (__u32)(flow / PORTS));
    frame->ip.daddr = settings.to;
    frame->ip.check = ~folded(sum_of(&frame->ip, sizeof frame->ip / 2));
    frame->udp.source = bpf_htons(1024 + (__u16)(flow % PORTS));
    frame->udp.dest = settings.port;
    if (tcp) {
        frame->tcp.seq = (__u32)flow;
        frame->tcp.doff = 5;
        frame->tcp.syn = 1;
        frame->tcp.window = bpf_htons(64240);
        frame->tcp.check = ~transport_sum(frame, 1);
    } else {
        frame->udp.len = bpf_htons(bytes);
        __u16 check = ~transport_sum(frame, 0);
        frame->udp.check = check ? check : 0xffff;
    }
    return bpf_redirect(settings.out, 0);
}

// Whether a NAT left a packet that a real server would take: its address, and both checksums.
static __always_inline int is_right(const struct frame *frame, int tcp) {
    if (frame->ip.daddr != settings.expected) return 0;
    return settings.unfinished || (folded(sum_of(&frame->ip, sizeof frame->ip / 2)) == 0xffff && transport_sum(frame, tcp) == 0xffff);
}

// A router cuts the padding of a SYN off.
SEC("xdp")
int sink(struct xdp_md *context) {
    struct frame *frame = (void *)(long)context->data;
    void *end = (void *)(long)context->data_end;
    int tcp = settings.protocol == IPPROTO_TCP;
    if ((void *)frame + SYN_BYTES > end || frame->ethernet.h_proto != bpf_htons(ETH_P_IP)) return XDP_PASS;
    if (frame->ip.protocol != settings.protocol || frame->udp.dest != settings.port) return XDP_PASS;
    struct bench_counts *count = mine();
    if (++count->arrived % CHECKED) return XDP_DROP;
    if (!tcp && (void *)frame + BENCH_FRAME > end) count->wrong++;
    else if (!is_right(frame, tcp)) count->wrong++;
    return XDP_DROP;
}

SEC("xdp")
int forward(struct xdp_md *context) {
    struct ethhdr *ethernet = (void *)(long)context->data;
    if ((void *)(ethernet + 1) > (void *)(long)context->data_end || ethernet->h_proto != bpf_htons(ETH_P_IP)) return XDP_PASS;
    copy_mac(ethernet->h_source, settings.forward_own);
    copy_mac(ethernet->h_dest, settings.forward_to);
    return bpf_redirect(settings.forward_out, 0);
}
