# shellcheck shell=bash
# From $results/values.jsonl: report.json (medians, ratios to nftables NAT, aims), the table, and the chart.

# Name, unit, digits, and whether more is better.
figures='[
  ["bulk1", "bulk TCP, 1 stream", "Gbit/s", 2, true], ["bulk8", "bulk TCP, 8 streams", "Gbit/s", 2, true],
  ["packets1", "small packets, 1 flow", "1/s", 0, true], ["packets1000", "small packets, 1,000 flows", "1/s", 0, true],
  ["packets100000", "small packets, 100,000 flows", "1/s", 0, true], ["packets1000000", "small packets, 1,000,000 flows", "1/s", 0, true],
  ["syns", "new connections, director alone", "1/s", 0, true], ["short", "short HTTP connections", "1/s", 0, true],
  ["short-p50", "  latency p50", "ms", 2, false], ["short-p99", "  latency p99", "ms", 2, false],
  ["keep", "keep-alive requests", "1/s", 0, true], ["keep-p50", "  latency p50", "ms", 2, false],
  ["keep-p99", "  latency p99", "ms", 2, false], ["keep-p999", "  latency p99.9", "ms", 2, false],
  ["cpu", "CPU a packet, whole machine", "µs", 1, false],
  ["memory", "memory a connection, user space", "bytes", 0, false], ["kernel-memory", "memory a connection, kernel", "bytes", 0, false],
  ["sync-rate", "sync: new connections at the peer", "1/s", 0, true], ["sync-lag-p50", "  lag p50", "ms", 2, false],
  ["sync-lag-p99", "  lag p99", "ms", 2, false], ["snapshot", "sync: snapshot", "s", 2, false]
]'

# DESIGN: figure, path, relation, number, and what the number is a multiple of (a path) or "itself".
aims='[
  ["bulk1", "user", ">=", 0.9, "nft"], ["bulk1", "tc", ">=", 1.2, "nft"], ["bulk8", "user", ">=", 0.9, "nft"], ["bulk8", "tc", ">=", 1.2, "nft"],
  ["packets1", "xdp", ">=", 2.5, "nft"], ["packets1", "xdp", ">=", 0.85, "redirect"],
  ["syns", "user", ">=", 1.5, "nft"], ["syns", "tc", ">=", 1.5, "nft"], ["syns", "xdp", ">=", 1.5, "nft"],
  ["short", "user", ">=", 1.05, "nft"], ["short", "user", ">=", 0.95, "route"], ["short", "tc", ">=", 1.05, "nft"], ["short", "tc", ">=", 0.95, "route"],
  ["short", "xdp", ">=", 1.05, "nft"], ["short", "xdp", ">=", 0.95, "route"],
  ["memory", "user", "<=", 256, "itself"], ["kernel-memory", "tc", "<=", 256, "itself"], ["kernel-memory", "xdp", "<=", 256, "itself"],
  ["sync-rate", "pair", ">=", 100000, "itself"], ["sync-lag-p99", "pair", "<=", 10, "itself"], ["snapshot", "pair", "<=", 5, "itself"]
]'

make_report() {
    local names
    names=$(for path in "${all_paths[@]}" pair; do jq -cn --arg key "$path" --arg value "${path_names[$path]}" '$ARGS.named'; done | jq -s from_entries)
    jq -s --argjson figures "$figures" --argjson aims "$aims" --argjson names "$names" --argjson about "$(about)" \
        --argjson unavailable "$(unavailable_json)" --argjson wrong "$(jq -Rn '[inputs]' <"$results/wrong.txt")" \
        --arg snapshot "${snapshot:-}" -f "$library/bench-report.jq" "$results/values.jsonl" >"$results/report.json"
    jq -r -f "$library/bench-table.jq" "$results/report.json" >"$results/report.txt"
    jq -r -f "$library/bench-chart.jq" "$results/report.json" >"$results/chart.svg"
}

about() {
    jq -n --arg date "$(date -u +%FT%TZ)" --arg kernel "$(uname -r)" --argjson cpus "$(nproc)" --argjson rounds "$rounds" \
        --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" --arg load "$load_before" \
        --arg commit "$(git -C "$root" describe --always --dirty 2>/dev/null)" --argjson seconds "$SECONDS" --argjson quick "$quick" \
        --argjson leftOut "$(jq -cn '$ARGS.positional' --args "${left_out[@]}")" '$ARGS.named'
}

unavailable_json() {
    local path
    for path in "${!unavailable[@]}"; do
        jq -cn --arg key "$path" --arg value "${unavailable[$path]}" '$ARGS.named'
    done | jq -s from_entries
}
