# shellcheck shell=bash
# The power supplies of the directors. One code for an operator's cut and for a command to the BMC; needs network.sh, director.sh.
#
# Off: carrier gone, then SIGKILL of everything, then the whole namespace is thrown away: no address, route, rule,
# neighbour, TUN or filter survives. Only the disk (the state directory) does. On: a boot into an empty machine.

power_of() {
    cat "$lab/$1/power" 2>/dev/null || say off
}

# power.log: CLOCK_MONOTONIC milliseconds, what, who asked.
record_power() {
    printf '%s %s %s\n' "$(monotonic_ms)" "$2" "$3" >>"$lab/$1/power.log"
}

# power_off HOST WHO
power_off() {
    local host=$1 who=$2
    with_power_lock "$host" cut_power "$host" "$who"
}

# power_on HOST WHO
power_on() {
    local host=$1 who=$2
    with_power_lock "$host" boot "$host" "$who"
}

with_power_lock() {
    local host=$1
    shift
    (
        flock --wait 20 9 || fail "the power of $host is busy for 20 s: somebody else is switching it"
        "$@"
    ) 9>"$lab/$host/power.lock"
}

cut_power() {
    local host=$1 who=$2
    if [[ $(power_of "$host") == off ]]; then
        record_power "$host" already-off "$who"
        return
    fi
    record_power "$host" cut "$who"
    # -force: the next line counts even when one fails.
    ip -n "halvs-$host" -force -batch - <<<$'link set eth0 down\nlink set eth1 down\nlink set eth3 down\nlink set eth2 down' 2>/dev/null || true
    kill_everything_in "halvs-$host"
    say off >"$lab/$host/power"
    record_power "$host" off "$who"
    apply_link heartbeat
    ip netns delete "halvs-$host" 2>/dev/null || true
    # What a real machine keeps in /run (socket, journals) is gone; the disk and the records of the lab stay.
    find "$lab/$host" -maxdepth 1 ! -type d ! -name '*.log' ! -name 'power*' -delete
}

# boot HOST WHO: the machine, its cables, then the director as a service of the boot.
boot() {
    local host=$1 who=$2 side=${1##*-} number=251
    if [[ $side == b ]]; then
        number=252
    fi
    # The power reads on from the BMC's "on" command; the machine exists from the boot that follows.
    if [[ -e /run/netns/halvs-$host ]]; then
        record_power "$host" already-on "$who"
    else
        remove_ports_of "$side"
        record_power "$host" on "$who"
        say on >"$lab/$host/power"
        create_host "$host"
        attach "$host" eth0 switch external "external-$side" "192.0.2.$number/24" "2001:db8:0:1::$number/64"
        attach "$host" eth1 switch internal "internal-$side" "10.0.0.$number/24" "fd00:10::$number/64"
        attach "$host" eth2 switch management "management-$side" "198.51.100.$number/24"
        attach "$host" eth3 cable heartbeat "heartbeat-$side" "10.1.0.$number/24"
        apply_link heartbeat
    fi
    if ! director_runs "$host"; then
        start_director "$host"
        record_power "$host" started "$who"
    fi
}

# The kernel takes a deleted namespace apart in its own time; its cables must be gone before new ones take their names.
remove_ports_of() {
    local port
    for port in external internal management; do
        ip -n halvs-switch link delete "$port-$1" 2>/dev/null || true
    done
    ip -n halvs-cable link delete "heartbeat-$1" 2>/dev/null || true
}
