# shellcheck shell=bash
# Memory a connection. Our table and the kernel's take a million flows of the generator; proxies hold real connections, because only those cost them
# anything (Pen takes all at its start, and does not grow). What the connections cost in the sockets of a proxy's kernel is not counted: the true
# figure of a proxy is higher.

held_connections=4000

measure_memory() {
    local path empty
    round=0
    capacity=1024
    path_up user
    empty=$(resident ours)
    path_down
    capacity=$memory_flows
    for path in "${paths[@]}"; do
        if keeps_state "$path" || is_proxy "$path"; then
            say "  memory, ${path_names[$path]}"
            path_up "$path"
            if is_proxy "$path"; then proxy_memory "$path"; else flow_memory "$path" "$empty"; fi
            path_down
        fi
    done
}

# Bytes that a process and its children have in memory.
resident() {
    local pid
    for pid in $(pid_of "$1") $(pgrep -P "$(pid_of "$1")"); do
        sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"
    done | awk '{ sum += $1 } END { print sum * 1024 }'
}

# Bytes of all maps that a process keeps in the kernel.
locked_in_maps() {
    cat "/proc/$(pid_of "$1")/fdinfo"/* 2>/dev/null | awk '/^map_id:/ { map = $2 } /^memlock:/ { bytes = $2 } /^map_id:/ { size[map] = bytes } END { for (m in size) sum += size[m]; print sum + 0 }'
}

conntrack_bytes() { awk '$1 == "nf_conntrack" { print $2 * $4 }' /proc/slabinfo; }

# Ours: all of a process with a full table but what one with next to no table has. The kernel's: its objects, without hash and extensions.
flow_memory() {
    local before after known
    before=$(conntrack_bytes)
    packets_begin
    packets "$1" memory-fill .arrivedPerSecond protocol=udp flows="$memory_flows" warm="$fill_ms" time=100
    if [[ $1 == nft ]]; then
        known=$(in_host director cat /proc/sys/net/netfilter/nf_conntrack_count)
        after=$(conntrack_bytes)
        record "$1" memory 0
        record "$1" kernel-memory "$(((after - before) / known))"
    else
        known=$(ours_status | jq .connections)
        record "$1" memory "$((($(resident ours) - $2) / capacity))"
        record "$1" kernel-memory "$(($(locked_in_maps ours) / capacity))"
    fi
    say "    $known flows of $memory_flows known"
}

proxy_memory() {
    local before
    before=$(resident "$1")
    start client traffic "$program" traffic --target "$virtual:80" --protocol http --connections "$held_connections" --interval 5s --probe-interval 60s --duration 300s
    wait_until 60 grep -qs "connections established" "$bench/traffic.log" || wrong "$1" "does not hold $held_connections connections"
    record "$1" memory "$((($(resident "$1") - before) / held_connections))"
    kill "$(pid_of traffic)" 2>/dev/null || true
}
