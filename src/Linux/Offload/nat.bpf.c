// SPDX-License-Identifier: Apache-2.0
/*
 * The offload of established flows: a cache of what the forwarding core decided. One body, two entry points: tc (clsact ingress), right with
 * segmentation and partial checksums on any Ethernet interface, and XDP for physical ones. User space alone inserts and deletes; a packet that the
 * program does not understand, or not quite, goes on to the kernel and so to the core. No helper used here asks for a GPL licence.
 *
 *   1 lease      past its end, everything goes the user path
 *   2 parse      whole, plain TCP, UDP and SCTP packets without anything that changes a state
 *   3 find       the flow's direction, then the interface it came by, then the next hop
 *   4 rewrite    addresses, ports, checksums by precomputed deltas, one hop less, both MAC addresses
 *   5 count      packets, bytes, last seen; redirect
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "nat.h"

#define MAY_FRAGMENT 0x3fff	/* more fragments, or an offset */
#define SCTP_HEADER 16		/* common header and the header of the first chunk */
#define LONGEST_HEADERS (ETH_HLEN + sizeof(struct ipv6hdr) + sizeof(struct tcphdr))

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct nat_key4);
	__type(value, struct nat_flow4);
	__uint(max_entries, 1);
} flows4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct nat_key6);
	__type(value, struct nat_flow6);
	__uint(max_entries, 1);
} flows6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct nat_counters);
	__uint(max_entries, 1);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct nat_next_hop);
	__uint(max_entries, NAT_NEXT_HOPS);
} next_hops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, struct nat_port);
	__uint(max_entries, NAT_PORTS);
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct nat_control);
	__uint(max_entries, 1);
} control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, NAT_REASONS);
} reasons SEC(".maps");

/* What parsing finds beside the key. */
struct parsed {
	__u32 bytes;		/* of the IP packet */
	__u32 header;		/* IP and transport header */
};

static __always_inline void note(__u32 reason)
{
	__u64 *count = bpf_map_lookup_elem(&reasons, &reason);

	if (count)
		++*count;
}

static __always_inline int leave(int reason, int verdict)
{
	note(reason);
	return verdict;
}

static __always_inline __u16 fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* RFC 1624, equation 3. */
static __always_inline __u16 updated(__u16 field, __u32 delta)
{
	return ~fold((__u16)~field + delta);
}

static __always_inline __u64 mix(__u64 digest, __u64 word)
{
	digest = (digest ^ word) * 0x9e3779b97f4a7c15ULL;
	return digest ^ (digest >> 32);
}

static __always_inline __u32 digest(const void *key, int words)
{
	const __u64 *word = key;
	__u64 sum = 0;

#pragma unroll
	for (int i = 0; i < words; i++)
		sum = mix(sum, word[i]);
	return sum;
}

static __always_inline int leased(__u64 now)
{
	__u32 zero = 0;
	const volatile struct nat_control *c = bpf_map_lookup_elem(&control, &zero);

	return c && now < c->lease_until;
}

/* --- 2 parse ------------------------------------------------------------------------------------------------------------------------------ */

static __always_inline int parse_tcp(const struct tcphdr *tcp, const void *end, __u32 bytes, struct parsed *p)
{
	if ((void *)(tcp + 1) > end || bytes < sizeof(*tcp) || tcp->doff < 5 || tcp->doff * 4 > bytes)
		return NAT_BAD_HEADER;
	p->header += tcp->doff * 4;
	return tcp->syn || tcp->fin || tcp->rst ? NAT_CONTROL : NAT_FORWARDED;
}

static __always_inline int parse_udp(const struct udphdr *udp, const void *end, __u32 bytes, struct parsed *p)
{
	if ((void *)(udp + 1) > end || bytes < sizeof(*udp))
		return NAT_BAD_HEADER;
	if (bpf_ntohs(udp->len) < sizeof(*udp) || bpf_ntohs(udp->len) > bytes)
		return NAT_BAD_HEADER;
	p->header += sizeof(*udp);
	return udp->check ? NAT_FORWARDED : NAT_NO_CHECKSUM;
}

/* DATA, SACK, HEARTBEAT and its answer change nothing; the first chunk decides, as in the core. */
static __always_inline int parse_sctp(const __u8 *sctp, const void *end, __u32 bytes, struct parsed *p)
{
	if ((void *)(sctp + SCTP_HEADER) > end || bytes < SCTP_HEADER)
		return NAT_BAD_HEADER;
	p->header += 12;
	return sctp[12] == 0 || (sctp[12] >= 3 && sctp[12] <= 5) ? NAT_FORWARDED : NAT_CONTROL;
}

static __always_inline int parse_transport(const void *transport, const void *end, __u8 protocol, __u32 bytes, __be16 *key_ports, struct parsed *p)
{
	const __be16 *port = transport;

	if ((void *)(port + 2) > end)
		return NAT_BAD_HEADER;
	key_ports[0] = port[0];
	key_ports[1] = port[1];
	if (protocol == IPPROTO_TCP)
		return parse_tcp(transport, end, bytes, p);
	return protocol == IPPROTO_UDP ? parse_udp(transport, end, bytes, p) : parse_sctp(transport, end, bytes, p);
}

static __always_inline int has_ports(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP;
}

/* The kernel drops a header with a wrong checksum before the core sees it: an update would carry the fault on. */
static __always_inline int is_sum_right(const struct iphdr *ip)
{
	const __u16 *word = (const void *)ip;
	__u32 sum = 0;

#pragma unroll
	for (int i = 0; i < 10; i++)
		sum += word[i];
	return fold(sum) == 0xffff;
}

static __always_inline int parse4(const void *data, const void *end, __u32 frame_bytes, struct nat_key4 *key, struct parsed *p)
{
	const struct iphdr *ip = data + ETH_HLEN;

	if ((void *)(ip + 1) > end || ip->version != 4 || ip->ihl < 5)
		return NAT_BAD_HEADER;
	if (ip->ihl > 5)
		return NAT_OPTIONS;
	p->bytes = bpf_ntohs(ip->tot_len);
	p->header = sizeof(*ip);
	if (p->bytes < sizeof(*ip) || p->bytes + ETH_HLEN > frame_bytes || !is_sum_right(ip))
		return NAT_BAD_HEADER;
	if (ip->frag_off & bpf_htons(MAY_FRAGMENT))
		return NAT_FRAGMENT;
	if (!has_ports(ip->protocol))
		return NAT_PROTOCOL;
	if (ip->ttl <= 1)
		return NAT_HOPS;
	key->saddr = ip->saddr;
	key->daddr = ip->daddr;
	key->protocol = ip->protocol;
	return parse_transport(ip + 1, end, ip->protocol, p->bytes - sizeof(*ip), &key->sport, p);
}

static __always_inline int parse6(const void *data, const void *end, __u32 frame_bytes, struct nat_key6 *key, struct parsed *p)
{
	const struct ipv6hdr *ip = data + ETH_HLEN;

	if ((void *)(ip + 1) > end || ip->version != 6)
		return NAT_BAD_HEADER;
	p->bytes = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	p->header = sizeof(*ip);
	if (!ip->payload_len || p->bytes + ETH_HLEN > frame_bytes)
		return NAT_BAD_HEADER;
	if (ip->nexthdr == IPPROTO_FRAGMENT)
		return NAT_FRAGMENT;
	if (!has_ports(ip->nexthdr))
		return ip->nexthdr == IPPROTO_ICMPV6 ? NAT_PROTOCOL : NAT_OPTIONS;
	if (ip->hop_limit <= 1)
		return NAT_HOPS;
	__builtin_memcpy(key->saddr, &ip->saddr, 32);
	key->protocol = ip->nexthdr;
	return parse_transport(ip + 1, end, ip->nexthdr, p->bytes - sizeof(*ip), &key->sport, p);
}

/* --- 3 find ------------------------------------------------------------------------------------------------------------------------------- */

union hop {
	struct nat_next_hop hop;
	__u64 word[4];
};

static __always_inline int read_hop(__u32 index, union hop *copy)
{
	const volatile __u64 *word = bpf_map_lookup_elem(&next_hops, &index);

	if (!word)
		return NAT_NO_HOP;
#pragma unroll
	for (int i = 0; i < 4; i++)
		copy->word[i] = word[i];
	__u16 stamp = copy->hop.stamp;
	int whole = copy->hop.destination_stamp == stamp && copy->hop.source_stamp == stamp && copy->hop.mtu_stamp == stamp;
	return whole && copy->hop.ifindex ? NAT_FORWARDED : NAT_NO_HOP;
}

/* A frame that a bridge floods for another host is not ours; neither is an answer from outside. */
static __always_inline int is_ours(const void *data, __u32 ifindex, __u8 sides)
{
	const struct nat_port *port = bpf_map_lookup_elem(&ports, &ifindex);
	const __u16 *to = data;

	if (!port || !(port->sides & sides))
		return 0;
	const __u16 *own = (const void *)port->address;
	return to[0] == own[0] && to[1] == own[1] && to[2] == own[2];
}

static __always_inline int find_way(const struct nat_common *flow, const void *data, __u32 ifindex, __u32 wire_bytes, union hop *hop)
{
	if (!is_ours(data, ifindex, flow->sides))
		return NAT_NOT_OURS;
	int refused = read_hop(flow->next_hop, hop);
	if (refused)
		return refused;
	return wire_bytes > hop->hop.mtu ? NAT_TOO_BIG : NAT_FORWARDED;
}

/* --- 4 rewrite ---------------------------------------------------------------------------------------------------------------------------- */

/* Callers have checked that the headers are inside the frame, and have done the transport checksum. */

static __always_inline void write_ethernet(void *data, const union hop *hop)
{
	struct ethhdr *ethernet = data;

	__builtin_memcpy(ethernet->h_dest, hop->hop.destination, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, hop->hop.source, ETH_ALEN);
}

static __always_inline void write4(void *data, const struct nat_flow4 *flow)
{
	struct iphdr *ip = data + ETH_HLEN;
	__be16 *port = (void *)(ip + 1);

	ip->saddr = flow->saddr;
	ip->daddr = flow->daddr;
	ip->ttl--;
	/* One less in the upper byte of its word is 0xfeff more. */
	ip->check = updated(ip->check, (__u32)flow->common.address_delta + bpf_htons(0xfeff));
	port[0] = flow->sport;
	port[1] = flow->dport;
}

static __always_inline void write6(void *data, const struct nat_flow6 *flow)
{
	struct ipv6hdr *ip = data + ETH_HLEN;
	__be16 *port = (void *)(ip + 1);

	__builtin_memcpy(&ip->saddr, flow->saddr, 32);
	ip->hop_limit--;
	port[0] = flow->sport;
	port[1] = flow->dport;
}

/* Of the checksum field in its transport header; SCTP's covers neither addresses nor, as only such flows are inserted, a port that changes. */
static __always_inline int field_of(__u8 protocol)
{
	return protocol == IPPROTO_TCP ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check);
}

/* --- 5 count ------------------------------------------------------------------------------------------------------------------------------ */

static __always_inline void count(const struct nat_common *flow, __u32 bytes, __u64 now)
{
	__u32 slot = flow->slot >> 1;
	struct nat_counters *both = bpf_map_lookup_elem(&counters, &slot);

	note(NAT_FORWARDED);
	if (!both)
		return;
	struct nat_direction *of = &both->direction[flow->slot & 1];
	/* Two CPUs meet in one direction when a sender moves or packets are spread: the sums stay exact. The stamp may lose: the next packet writes it. */
	__sync_fetch_and_add(&of->bytes, bytes);
	__sync_fetch_and_add(&of->packets, 1);
	of->seen = now >> 20;
}

/* --- tc ----------------------------------------------------------------------------------------------------------------------------------- */

/*
 * With CHECKSUM_PARTIAL the field holds only the sum of the pseudo header: the helper then takes addresses and leaves ports out. With
 * CHECKSUM_COMPLETE it keeps the device's sum of the whole packet right, as far as IPv4 goes.
 */
static __always_inline int tc_checksum(struct __sk_buff *skb, __u32 transport, __u8 protocol, const struct nat_common *flow, int v6)
{
	__u64 zero_is_none = protocol == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;
	__u32 at = transport + field_of(protocol);

	if (protocol == IPPROTO_SCTP)
		return 0;
	if (bpf_l4_csum_replace(skb, at, 0, flow->address_delta, BPF_F_PSEUDO_HDR | zero_is_none))
		return -1;
	/* IPv6 has no header checksum that takes the addresses out of the device's sum again: the helper's subtraction is undone, the hop counted. */
	if (v6)
		bpf_csum_update(skb, (__u32)flow->address_delta + bpf_htons(0xfffe));
	return bpf_l4_csum_replace(skb, at, 0, flow->port_delta, zero_is_none);
}

/* The largest IP packet that this frame becomes on a wire. */
static __always_inline __u32 tc_wire_bytes(const struct __sk_buff *skb, const struct parsed *p)
{
	__u32 segment = p->header + skb->gso_size;

	return skb->gso_size && segment < p->bytes ? segment : p->bytes;
}

/* Drivers leave the headers of some frames in a page. */
static __always_inline int tc_pull(struct __sk_buff *skb)
{
	__u32 linear = skb->data_end - skb->data;

	if (linear >= LONGEST_HEADERS || linear >= skb->len)
		return 0;
	return bpf_skb_pull_data(skb, skb->len < LONGEST_HEADERS ? skb->len : LONGEST_HEADERS);
}

static __always_inline int tc_send(void *data, const struct nat_common *flow, const union hop *hop, __u32 bytes, __u64 now)
{
	write_ethernet(data, hop);
	count(flow, bytes, now);
	return bpf_redirect(hop->hop.ifindex, 0);
}

static __always_inline int tc4(struct __sk_buff *skb, __u64 now)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct nat_key4 key = {};
	struct parsed p = {};
	union hop hop;
	int reason = parse4(data, end, skb->len, &key, &p);

	if (reason)
		return leave(reason, TC_ACT_OK);
	const struct nat_flow4 *found = bpf_map_lookup_elem(&flows4, &key);
	if (!found)
		return leave(NAT_NO_FLOW, TC_ACT_OK);
	struct nat_flow4 flow = *found;
	__u32 check = digest(&key, sizeof(key) / 8);
	if (flow.check != check || flow.common.check != check)
		return leave(NAT_NO_FLOW, TC_ACT_OK);
	reason = find_way(&flow.common, data, skb->ifindex, tc_wire_bytes(skb, &p), &hop);
	if (reason)
		return leave(reason, TC_ACT_OK);

	if (tc_checksum(skb, ETH_HLEN + sizeof(struct iphdr), key.protocol, &flow.common, 0))
		return leave(NAT_FAILED, TC_ACT_SHOT);
	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	if (data + ETH_HLEN + sizeof(struct iphdr) + 4 > end)
		return leave(NAT_FAILED, TC_ACT_SHOT);
	write4(data, &flow);
	return tc_send(data, &flow.common, &hop, p.bytes, now);
}

static __always_inline int tc6(struct __sk_buff *skb, __u64 now)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct nat_key6 key = {};
	struct parsed p = {};
	union hop hop;
	int reason = parse6(data, end, skb->len, &key, &p);

	if (reason)
		return leave(reason, TC_ACT_OK);
	const struct nat_flow6 *found = bpf_map_lookup_elem(&flows6, &key);
	if (!found)
		return leave(NAT_NO_FLOW, TC_ACT_OK);
	struct nat_flow6 flow = *found;
	__u32 check = digest(&key, sizeof(key) / 8);
	if (flow.check != check || flow.common.check != check)
		return leave(NAT_NO_FLOW, TC_ACT_OK);
	reason = find_way(&flow.common, data, skb->ifindex, tc_wire_bytes(skb, &p), &hop);
	if (reason)
		return leave(reason, TC_ACT_OK);

	if (tc_checksum(skb, ETH_HLEN + sizeof(struct ipv6hdr), key.protocol, &flow.common, 1))
		return leave(NAT_FAILED, TC_ACT_SHOT);
	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	if (data + ETH_HLEN + sizeof(struct ipv6hdr) + 4 > end)
		return leave(NAT_FAILED, TC_ACT_SHOT);
	write6(data, &flow);
	return tc_send(data, &flow.common, &hop, p.bytes, now);
}

SEC("tc")
int halvs_nat_tc(struct __sk_buff *skb)
{
	__u64 now = bpf_ktime_get_ns();

	if (!leased(now))
		return leave(NAT_NO_LEASE, TC_ACT_OK);
	if (skb->vlan_present)
		return leave(NAT_VLAN, TC_ACT_OK);
	if (skb->pkt_type != PACKET_HOST)
		return leave(NAT_NOT_OURS, TC_ACT_OK);
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return tc_pull(skb) ? leave(NAT_BAD_HEADER, TC_ACT_OK) : tc4(skb, now);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return tc_pull(skb) ? leave(NAT_BAD_HEADER, TC_ACT_OK) : tc6(skb, now);
	return leave(skb->protocol == bpf_htons(ETH_P_8021Q) ? NAT_VLAN : NAT_NOT_IP, TC_ACT_OK);
}

/* --- XDP ---------------------------------------------------------------------------------------------------------------------------------- */

/* Frames of a wire carry whole checksums; those of a local sender (veth) may not, which nobody can see here: see the loader's choice of mode. */
static __always_inline void xdp_checksum(__u16 *field, __u8 protocol, const struct nat_common *flow)
{
	__u16 after = updated(*field, (__u32)flow->address_delta + flow->port_delta);

	*field = protocol == IPPROTO_UDP && !after ? 0xffff : after;
}

static __always_inline int xdp_send(void *data, const struct nat_common *flow, const union hop *hop, __u32 bytes, __u64 now)
{
	write_ethernet(data, hop);
	count(flow, bytes, now);
	return bpf_redirect(hop->hop.ifindex, 0);
}

static __always_inline int xdp4(struct xdp_md *xdp, __u64 now)
{
	void *data = (void *)(long)xdp->data, *end = (void *)(long)xdp->data_end;
	struct nat_key4 key = {};
	struct parsed p = {};
	union hop hop;
	int reason = parse4(data, end, end - data, &key, &p);

	if (reason)
		return leave(reason, XDP_PASS);
	const struct nat_flow4 *found = bpf_map_lookup_elem(&flows4, &key);
	if (!found)
		return leave(NAT_NO_FLOW, XDP_PASS);
	struct nat_flow4 flow = *found;
	__u32 check = digest(&key, sizeof(key) / 8);
	if (flow.check != check || flow.common.check != check)
		return leave(NAT_NO_FLOW, XDP_PASS);
	reason = find_way(&flow.common, data, xdp->ingress_ifindex, p.bytes, &hop);
	if (reason || !(hop.hop.flags & NAT_HOP_XDP))
		return leave(reason ? reason : NAT_NO_HOP, XDP_PASS);

	void *transport = data + ETH_HLEN + sizeof(struct iphdr);
	if (key.protocol == IPPROTO_TCP && transport + sizeof(struct tcphdr) <= end)
		xdp_checksum(transport + offsetof(struct tcphdr, check), key.protocol, &flow.common);
	else if (key.protocol == IPPROTO_UDP && transport + sizeof(struct udphdr) <= end)
		xdp_checksum(transport + offsetof(struct udphdr, check), key.protocol, &flow.common);
	write4(data, &flow);
	return xdp_send(data, &flow.common, &hop, p.bytes, now);
}

static __always_inline int xdp6(struct xdp_md *xdp, __u64 now)
{
	void *data = (void *)(long)xdp->data, *end = (void *)(long)xdp->data_end;
	struct nat_key6 key = {};
	struct parsed p = {};
	union hop hop;
	int reason = parse6(data, end, end - data, &key, &p);

	if (reason)
		return leave(reason, XDP_PASS);
	const struct nat_flow6 *found = bpf_map_lookup_elem(&flows6, &key);
	if (!found)
		return leave(NAT_NO_FLOW, XDP_PASS);
	struct nat_flow6 flow = *found;
	__u32 check = digest(&key, sizeof(key) / 8);
	if (flow.check != check || flow.common.check != check)
		return leave(NAT_NO_FLOW, XDP_PASS);
	reason = find_way(&flow.common, data, xdp->ingress_ifindex, p.bytes, &hop);
	if (reason || !(hop.hop.flags & NAT_HOP_XDP))
		return leave(reason ? reason : NAT_NO_HOP, XDP_PASS);

	void *transport = data + ETH_HLEN + sizeof(struct ipv6hdr);
	if (key.protocol == IPPROTO_TCP && transport + sizeof(struct tcphdr) <= end)
		xdp_checksum(transport + offsetof(struct tcphdr, check), key.protocol, &flow.common);
	else if (key.protocol == IPPROTO_UDP && transport + sizeof(struct udphdr) <= end)
		xdp_checksum(transport + offsetof(struct udphdr, check), key.protocol, &flow.common);
	write6(data, &flow);
	return xdp_send(data, &flow.common, &hop, p.bytes, now);
}

SEC("xdp")
int halvs_nat_xdp(struct xdp_md *xdp)
{
	void *data = (void *)(long)xdp->data, *end = (void *)(long)xdp->data_end;
	struct ethhdr *ethernet = data;
	__u64 now = bpf_ktime_get_ns();

	if (!leased(now))
		return leave(NAT_NO_LEASE, XDP_PASS);
	if ((void *)(ethernet + 1) > end)
		return leave(NAT_BAD_HEADER, XDP_PASS);
	if (ethernet->h_proto == bpf_htons(ETH_P_IP))
		return xdp4(xdp, now);
	if (ethernet->h_proto == bpf_htons(ETH_P_IPV6))
		return xdp6(xdp, now);
	return leave(ethernet->h_proto == bpf_htons(ETH_P_8021Q) ? NAT_VLAN : NAT_NOT_IP, XDP_PASS);
}

/* Every helper used is open to programs of any licence. */
char LICENSE[] SEC("license") = "Apache-2.0";
