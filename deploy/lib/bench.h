// What bench-packets tells the programs of bench.bpf.c, and what they count.
#pragma once
#include <linux/types.h>

#define BENCH_FRAME 60 /* bytes without FCS: the least that Ethernet carries; a SYN is padded */
#define BENCH_CPUS 64

struct bench_settings {
    __u64 flows;   // 0: every packet is of a new one
    __u32 sources; // first source address, host order
    __be32 to, expected;
    __u32 out, forward_out; // interface numbers
    __be16 port;
    __u8 protocol;
    __u8 unfinished; // the sums of what a socket sends through a veth are only begun: nobody looks at them
    __u8 next_hop[6], own[6], forward_to[6], forward_own[6];
};

struct bench_counts {
    __u64 sent, arrived, wrong;
    __u64 padding[5];
};
