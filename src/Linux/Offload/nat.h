/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the offload program (nat.bpf.c) and its loader (C#) share. The only copy: the C# structs are proven against this header by a test.
 * Addresses and ports stand in network order; everything else in the machine's. All maps live on one machine: no layout crosses a wire.
 */
#ifndef HALVS_NAT_H
#define HALVS_NAT_H

#include <linux/types.h>

/* Raised with every change of a struct or of the meaning of a field: a later process adopts maps of its own layout only. */
#define NAT_LAYOUT 1

#define NAT_NEXT_HOPS 4096
#define NAT_PORTS 64

/* Where a packet may come from (nat_port.sides, nat_common.sides). An answer that a stranger sends from outside is none. */
#define NAT_SIDE_OUTSIDE 1
#define NAT_SIDE_INSIDE 2

/* nat_next_hop.flags: the interface takes frames that XDP redirects. */
#define NAT_HOP_XDP 1

/* Why a packet was left to the user path; index into the map "reasons". */
enum nat_reason {
	NAT_FORWARDED,
	NAT_NO_LEASE,
	NAT_NOT_OURS,		/* by MAC address, by interface or by the side that it came from */
	NAT_VLAN,
	NAT_NOT_IP,
	NAT_BAD_HEADER,		/* cut short, lengths that lie, wrong header checksum */
	NAT_OPTIONS,		/* IPv4 options, IPv6 extension headers */
	NAT_FRAGMENT,
	NAT_PROTOCOL,
	NAT_HOPS,		/* time to live or hop limit ends here */
	NAT_CONTROL,		/* SYN, FIN, RST; SCTP chunks that change a state */
	NAT_NO_CHECKSUM,	/* UDP without one: the user path computes it */
	NAT_NO_FLOW,
	NAT_NO_HOP,
	NAT_TOO_BIG,
	NAT_FAILED,		/* dropped: a helper failed half-way, which no kernel is known to do */
	NAT_REASONS
};

struct nat_key4 {
	__be32 saddr;
	__be32 daddr;
	__be16 sport;
	__be16 dport;
	__u8 protocol;
	__u8 pad[3];
};

struct nat_key6 {
	__u8 saddr[16];
	__u8 daddr[16];
	__be16 sport;
	__be16 dport;
	__u8 protocol;
	__u8 pad[3];
};

/*
 * The part of a flow's direction that both families have. The deltas are what the translation adds to a one's complement sum (RFC 1624), folded,
 * in network order. Elements of a preallocated hash are used again at once, also under a reader: "check" is a digest of the key, stands at both
 * ends of the value, and a reader that finds another one has been overtaken.
 */
struct nat_common {
	__u16 address_delta;
	__u16 port_delta;
	__u16 next_hop;
	__u8 sides;
	__u8 pad;
	__u32 slot;		/* index into "counters", shifted left by one; lowest bit: 0 from outside, 1 from inside */
	__u32 check;
};

struct nat_flow4 {
	struct nat_common common;
	__be32 saddr;
	__be32 daddr;
	__be16 sport;
	__be16 dport;
	__u32 check;
};

struct nat_flow6 {
	struct nat_common common;
	__u8 saddr[16];
	__u8 daddr[16];
	__be16 sport;
	__be16 dport;
	__u32 check;
};

/* "packets" wraps: read it more often than every four billion packets. "seen" is CLOCK_MONOTONIC in nanoseconds, shifted right by 20. */
struct nat_direction {
	__u64 bytes;
	__u32 packets;
	__u32 seen;
};

struct nat_counters {
	struct nat_direction direction[2];
};

/* Four words, each written at once and stamped with the number of the change: a reader that finds two stamps meets a change half done. */
struct nat_next_hop {
	__u32 ifindex;		/* 0: no way there now */
	__u16 flags;
	__u16 stamp;
	__u8 destination[6];
	__u16 destination_stamp;
	__u8 source[6];
	__u16 source_stamp;
	__u32 mtu;
	__u16 pad;
	__u16 mtu_stamp;
};

/* An interface that the program serves; absent: none of its packets is ours. */
struct nat_port {
	__u8 address[6];
	__u16 sides;
};

struct nat_control {
	__u32 layout;		/* NAT_LAYOUT */
	__u32 pad;
	__u64 lease_until;	/* CLOCK_MONOTONIC in nanoseconds; 0: never forward */
};

#endif
