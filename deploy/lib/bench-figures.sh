# shellcheck shell=bash
# One function a figure. Each adds its values to $results/values.jsonl: {round, path, figure, value}. Slow is a value; wrong is an error.

# record PATH FIGURE VALUE
record() {
    jq -cn --argjson round "$round" --arg path "$1" --arg figure "$2" --argjson value "${3:-null}" '$ARGS.named' >>"$results/values.jsonl"
}

# wrong PATH WORDS…: a result that must not be; the bench goes on, and fails in the end.
wrong() {
    say "round $round, ${path_names[$1]}: ${*:2}" | tee -a "$results/wrong.txt" >&2
}

# Eight megabytes of chance through the path: every byte.
check_bytes() {
    local sum
    sum=$(in_host client curl -s --max-time 20 "http://$(target_of "$1")/bytes" | sha256sum)
    [[ $sum == "$(sha256sum <"$bench/www/bytes")" ]] || wrong "$1" "8 MB came through changed or not at all"
}

# bulk PATH STREAMS: Gbit/s that arrive.
bulk() {
    local report
    report=$(in_host client timeout 30 iperf3 --client "$(target_of "$1")" --parallel "$2" --time "$bulk_seconds" --connect-timeout 5000 --json) || true
    if jq -e '.end.sum_received.bits_per_second > 0' <<<"$report" >/dev/null 2>&1; then
        record "$1" "bulk$2" "$(jq '.end.sum_received.bits_per_second / 1e9' <<<"$report")"
    else
        wrong "$1" "bulk TCP with $2 stream(s): $(jq -r '.error // "no report"' <<<"$report" 2>/dev/null)"
    fi
}

# web PATH FIGURE HEADER…: requests/s of 64 connections for a small page, with percentiles of the latency in ms.
web() {
    local path=$1 figure=$2 report key
    shift 2
    report=$(in_host client timeout 60 wrk -t2 -c64 -d"${web_seconds}s" --timeout 10s "$@" -s "$library/bench-wrk.lua" "http://$(target_of "$path")/" 2>&1) || true
    report=$(grep '^{' <<<"$report") || {
        wrong "$path" "$figure: wrk has no report"
        return
    }
    record "$path" "$figure" "$(jq .perSecond <<<"$report")"
    for key in p50 p99 p999; do
        record "$path" "$figure-$key" "$(jq ".$key" <<<"$report")"
    done
    [[ $(jq .failed <<<"$report") == 0 ]] || wrong "$path" "$figure: $(jq .failed <<<"$report") requests failed"
}

# packets PATH FIGURE FIELD KEY=VALUE…: what bench-packets says of its run; the numbers of packets are checked by it.
packets() {
    local path=$1 figure=$2 field=$3 expected=$server forward=0 report
    shift 3
    if [[ $path == redirect ]]; then
        expected=$virtual forward=1
    fi
    report=$(timeout 60 "$artifacts/lab/bench-packets" "$artifacts/lab/bench.bpf.o" client=halvs-bench-client director=halvs-bench-director server=halvs-bench-server \
        to="$(target_of "$path")" expected="$expected" sources="$sources" port=9000 forward="$forward" "$@") || {
        wrong "$path" "$figure: the generator failed"
        return
    }
    record "$path" "$figure" "$(jq "$field" <<<"$report")"
    [[ $(jq .wrong <<<"$report") == 0 ]] || wrong "$path" "$figure: $(jq .wrong <<<"$report") of the packets looked at had the wrong address or checksum"
    [[ $(jq .arrived <<<"$report") != 0 ]] || wrong "$path" "$figure: nothing arrived"
}

# flows PATH COUNT: packets/s of so many flows in turn. More flows need longer until all are known to the path.
flows() {
    local warm=300
    ((${2} < 100000)) || warm=$((quick ? 1000 : 2000))
    ((${2} < 1000000)) || warm=12000
    packets "$1" "packets$2" .arrivedPerSecond protocol=udp flows="$2" warm="$warm" time="$packet_ms"
}

# A SYN of an ever new client each: only the way to the server is measured, nobody answers.
syns() { packets "$1" syns .arrivedPerSecond protocol=syn flows=0 warm=300 time="$packet_ms"; }

# CPU of the whole machine a packet, at a rate that every path carries; the sender and the sink are in it, alike for all.
cpu() { packets "$1" cpu '.busySeconds / .arrived * 1e6' protocol=udp rate=20000 warm=300 time="$cpu_ms"; }

# The generator's frames are taken by a veth only when its driver polls.
packets_begin() { in_host director ethtool -K eth0 gro on >/dev/null; }
