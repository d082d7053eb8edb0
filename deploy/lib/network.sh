# shellcheck shell=bash
# The article's network from namespaces. Host X lives in namespace halvs-X. Sourced by deploy/lab and lib/chassis.
#
#   halvs-switch   bridges: external 192.0.2.0/24 and 2001:db8:0:1::/64, internal 10.0.0.0/24 and fd00:10::/64, management 198.51.100.0/24
#   halvs-cable    what lies between the directors: the heartbeat cable (eth3) and the serial line (null-modem)
#   eth0 external, eth1 internal, eth2 management, eth3 heartbeat, in every host that has one
#
# A link is pulled on the side of the switch or the cable, so that the host loses carrier as with a pulled plug,
# and stays pulled when the host is powered off and on: $lab/unplugged/LINK says so.

links=(serial heartbeat external-a external-b internal-a internal-b bmc-a bmc-b)
standing_hosts=(switch cable client server-1 server-2 bmc-a bmc-b)

network_up() {
    local host bridge
    for host in "${standing_hosts[@]}"; do
        create_host "$host"
    done
    for bridge in external internal management; do
        create_bridge switch "$bridge"
    done
    create_bridge cable heartbeat

    attach client eth0 switch external client 192.0.2.10/24 2001:db8:0:1::10/64
    attach server-1 eth1 switch internal server-1 10.0.0.2/24 fd00:10::2/64
    attach server-2 eth1 switch internal server-2 10.0.0.3/24 fd00:10::3/64
    attach bmc-a eth2 switch management bmc-a 198.51.100.11/24
    attach bmc-b eth2 switch management bmc-b 198.51.100.12/24
    for host in server-1 server-2; do
        ip -n "halvs-$host" route add default via 10.0.0.1
        ip -n "halvs-$host" -6 route add default via fd00:10::1
    done

    for host in client server-1 server-2; do
        ip netns exec "halvs-$host" sysctl -qw net.ipv4.ip_local_port_range="1024 65535" \
            net.core.somaxconn=65535 net.ipv4.tcp_max_syn_backlog=65535
    done
}

create_host() {
    ip netns add "halvs-$1"
    # Link-local addresses serve at once: nobody here has the same.
    ip netns exec "halvs-$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    ip -n "halvs-$1" link set lo up
}

# A bridge that forwards at once and filters nothing: what an unmanaged switch does.
create_bridge() {
    local namespace=halvs-$1 bridge=$2 hook
    ip -n "$namespace" link add "$bridge" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
    ip -n "$namespace" link set "$bridge" up
    for hook in iptables ip6tables arptables; do
        # Only there when br_netfilter is loaded.
        ip netns exec "$namespace" sysctl -qew "net.bridge.bridge-nf-call-$hook=0" 2>/dev/null || true
    done
}

# attach HOST INTERFACE SWITCH BRIDGE PORT ADDRESS/LENGTH [ADDRESS6/LENGTH]. The MAC address is made from the IP address (02:00:IP),
# so that a host keeps it over a power cycle, as a network card does, and a capture is readable.
attach() {
    local host=halvs-$1 interface=$2 switch=halvs-$3 bridge=$4 port=$5 address=$6 octets mac
    IFS=. read -ra octets <<<"${address%/*}"
    mac=$(printf '02:00:%02x:%02x:%02x:%02x' "${octets[0]}" "${octets[1]}" "${octets[2]}" "${octets[3]}")
    ip -n "$switch" link add "$port" type veth peer name "$interface" address "$mac" netns "$host"
    ip -n "$switch" link set "$port" master "$bridge"
    ip -n "$host" address add "$address" dev "$interface"
    if [[ -n ${7:-} ]]; then
        ip -n "$host" address add "$7" dev "$interface" nodad
    fi
    ip -n "$host" link set "$interface" up
    set_port "$3" "$port" "$(carrier_of "$port")"
}

# The switch side of a port: up, when nobody pulled the plug and the far end of the heartbeat cable has power.
carrier_of() {
    local link=$1 far=
    case $1 in
        heartbeat-a) link=heartbeat far=director-b ;;
        heartbeat-b) link=heartbeat far=director-a ;;
    esac
    if is_unplugged "$link"; then
        say down
    elif [[ -n $far && $(power_of "$far") != on ]]; then
        say down
    else
        say up
    fi
}

set_port() {
    ip -n "halvs-$1" link set "$2" "$3"
}

is_unplugged() {
    [[ -e $lab/unplugged/$1 ]]
}

# Carries the plug state into the kernel. The null modem looks at the file itself; a port of a host without power is not there.
apply_link() {
    local side
    case $1 in
        serial) ;;
        heartbeat)
            for side in a b; do
                apply_port cable "heartbeat-$side"
            done
            ;;
        *) apply_port switch "$1" ;;
    esac
}

apply_port() {
    if ip -n "halvs-$1" link show dev "$2" &>/dev/null; then
        set_port "$1" "$2" "$(carrier_of "$2")"
    fi
}

check_link() {
    local link
    for link in "${links[@]}"; do
        if [[ $link == "$1" ]]; then
            return
        fi
    done
    fail "no link is named '$1'; there are: ${links[*]}"
}

# Ends every process of a namespace, whoever started it; fails when one survives for 5 s.
kill_everything_in() {
    local pids tries
    for ((tries = 0; tries < 500; tries++)); do
        pids=$(ip netns pids "$1" 2>/dev/null) || return 0
        [[ -n $pids ]] || return 0
        # shellcheck disable=SC2086 # one word a process
        kill -KILL $pids 2>/dev/null || true
        if ((tries > 0)); then
            sleep 0.01
        fi
    done
    fail "processes in $1 survive SIGKILL: $pids"
}

network_down() {
    local namespace
    for namespace in $(existing_namespaces); do
        kill_everything_in "$namespace"
        ip netns delete "$namespace"
    done
}

existing_namespaces() {
    local host
    for host in "${standing_hosts[@]}" director-a director-b; do
        if [[ -e /run/netns/halvs-$host ]]; then
            say "halvs-$host"
        fi
    done
}
