# shellcheck shell=bash
# The director service of a host: keys, configuration, start, and what `halvs status --json` says about it.

# Once per lab: the cluster key and the certificates of both nodes.
make_keys() {
    install -d -m 0700 "$lab/keys"
    "$program" keygen --directory "$lab/keys" --cluster lab --node director-a --node director-b >"$lab/keygen.log" 2>&1 ||
        fail "halvs keygen failed: $(tail -n 3 "$lab/keygen.log")"
}

# Both nodes read the same file. HALVS_LAB_DEAD, …_INTERVAL, …_WARN tune the heartbeat for measurements.
make_configuration() {
    sed -e "s|@lab@|$lab|g" \
        -e "s|@interval@|${HALVS_LAB_INTERVAL:-100ms}|" \
        -e "s|@warn@|${HALVS_LAB_WARN:-300ms}|" \
        -e "s|@dead@|${HALVS_LAB_DEAD:-500ms}|" \
        "$root/deploy/lab.toml" >"$lab/halvs.toml"
}

director_runs() {
    local pid
    pid=$(cat "$lab/$1/director.pid" 2>/dev/null) && [[ -n $pid && $(readlink "/proc/$pid/ns/net") == "$(network_of "$1")" ]]
}

network_of() {
    stat -L -c 'net:[%i]' "/run/netns/halvs-$1" 2>/dev/null
}

start_director() {
    local host=$1
    install -d -m 0700 "$lab/$host/state"
    (
        exec >>"$lab/$host/director.log" 2>&1 </dev/null
        close_inherited_files
        exec setsid nice -n -10 ip netns exec "halvs-$host" "$program" run \
            --config "$lab/halvs.toml" --node "$host" \
            --state-directory "$lab/$host/state" --socket "$lab/$host/control.sock"
    ) &
    say "$!" >"$lab/$host/director.pid"
}

# status_of HOST: its JSON, or nothing when no director answers within 3 s.
status_of() {
    [[ -S $lab/$1/control.sock ]] || return 0
    HALVS_SOCKET=$lab/$1/control.sock HALVS_CONFIG=$lab/halvs.toml timeout 3 "$program" status --json 2>/dev/null || true
}

# says STATUS FILTER: whether the JSON is there and the filter is true of it (jq 1.6 is content with no input at all).
says() {
    [[ -n $1 ]] && jq -e "$2" <<<"$1" >/dev/null 2>&1
}

serves_with_copy() { says "$1" '.role == "active" and .active == .node and .peer.inSync == true'; }

is_standby() { says "$1" '.role == "standby"'; }

is_standby_in_sync() { says "$(status_of "$1")" '.role == "standby" and .peer.inSync == true'; }

# One serves and knows that the other's copy is complete; the other says standby.
pair_is_ready() {
    local a b
    a=$(status_of director-a)
    b=$(status_of director-b)
    if serves_with_copy "$a"; then
        is_standby "$b"
    else
        serves_with_copy "$b" && is_standby "$a"
    fi
}

# Name of the node that serves, or nothing.
active_director() {
    local host
    for host in director-a director-b; do
        if says "$(status_of "$host")" '.role == "active"'; then
            say "$host"
            return
        fi
    done
}

role_line() {
    local status
    status=$(status_of "$1")
    if [[ -z $status ]]; then
        say "no director answers"
    else
        jq -r '"\(.role), serving: \(.active // "nobody"), peer \(if .peer.alive then "alive" else "lost" end)\(if .peer.inSync then ", in sync" else ", not in sync" end)\(if .blocked then ", BLOCKED: \(.blocked)" else "" end)"' <<<"$status"
    fi
}

# show_logs LINES: for a person who wonders why, the last words of both directors. Needs power.sh.
show_logs() {
    local host
    for host in director-a director-b; do
        printf -- '--- %s: power %s, %s\n' "$host" "$(power_of "$host")" "$(role_line "$host")"
        tail -n "$1" "$lab/$host/director.log" 2>/dev/null || say "(no log)"
    done
}
