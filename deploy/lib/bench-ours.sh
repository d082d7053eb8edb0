# shellcheck shell=bash
# A single director of ours, and what it says of its offload.

ours_up() {
    rm -rf "$bench/state" "$bench/control.sock"
    ours_configuration "$1" >"$bench/halvs.toml"
    [[ -e $bench/cluster.key ]] ||
        "$program" keygen --directory "$bench" --cluster bench --node director >"$bench/keygen.log" 2>&1 || fail "halvs keygen failed: $(tail -n 3 "$bench/keygen.log")"
    start director ours "$program" run --config "$bench/halvs.toml" --node director --state-directory "$bench/state" --socket "$bench/control.sock"
    wait_until 20 ours_serves_or_ended
    ours_serves || return 1
    wait_until 10 answers "$1"
}

# Every SYN is a new connection here, and none is to be answered with a cookie.
ours_configuration() {
    local offload=$1 port
    [[ $offload != user ]] || offload=off
    cat <<CONFIGURATION
[cluster]
name = "bench"
key-file = "$bench/cluster.key"
[network]
external = "eth0"
internal = "eth1"
virtual-addresses = ["$virtual/32"]
gateway = "$gateway/24"
offload = "$offload"
connection-capacity = $capacity
[heartbeat]
start = "1s"
[guard]
syn-cookies = "off"
[[node]]
name = "director"
CONFIGURATION
    for port in 80/tcp 5201/tcp 9000/tcp 9000/udp; do
        printf '[[service]]\nlisten = "%s:%s"\nscheduler = "rr"\nserver = [{ address = "%s:%s" }]\n' "$virtual" "$port" "$server" "${port%/*}"
    done
}

ours_status() {
    [[ -S $bench/control.sock ]] || return 0
    HALVS_SOCKET=$bench/control.sock HALVS_CONFIG=$bench/halvs.toml timeout 3 "$program" status --json 2>/dev/null || true
}

ours_serves_or_ended() { ! ours_runs || ours_serves; }

ours_runs() { kill -0 "$(pid_of ours)" 2>/dev/null; }

ours_serves() {
    ours_runs || return 1
    [[ $(ours_status | jq -r '.role' 2>/dev/null) == active ]]
}

# why_not PATH: nothing when a director of ours forwards that way; otherwise why not.
why_not() {
    local offload reason=
    if ! path_up "$1" >/dev/null; then
        reason="does not serve: $(grep -v '^ *$' "$bench/ours.log" | head -n 3 | tr -s ' \n' ' ')"
    elif [[ $1 != user ]]; then
        offload=$(ours_status | jq -r '.offload | tostring')
        [[ ${offload,,} != off* && ${offload,,} == *"$1"* ]] || reason="offload: $offload"
    fi
    path_down
    say "$reason"
}
