# shellcheck shell=bash
# Sync between two production cores over real TLS: the program of the tests, which compares both tables in the end. No network is in between, so the
# figures are those of the software.

# Before the clock: it takes as long as the compiler takes.
build_sync() {
    dotnet build "$root/tests/Director.Tests" -c Release -v quiet --nologo >"$bench/build.log" 2>&1 || fail "the tests do not build: $(tail -n 5 "$bench/build.log")"
}

measure_sync() {
    local output line
    say "  sync of a pair"
    round=0
    output=$(HALVS_MEASURE=$((1 - quick)) timeout 180 dotnet test "$root/tests/Director.Tests" -c Release --no-build --nologo \
        --filter FullyQualifiedName~SyncThroughputTests.SnapshotAndNewConnections --logger "console;verbosity=detailed" 2>&1) ||
        wrong pair "sync: $(grep -m 1 -E 'Error Message|error' -A 2 <<<"$output" | tr '\n' ' ')"
    line=$(grep -m 1 -o 'snapshot: [0-9]* connections in [0-9]* ms' <<<"$output") || return 0
    read -r _ snapshot _ _ milliseconds _ <<<"$line"
    record pair snapshot "$(jq -n "$milliseconds / 1000")"
    line=$(grep -m 1 'new connections: ' <<<"$output")
    record pair sync-rate "$(sed -n 's|.*connections: \([0-9]*\)/s.*|\1|p' <<<"$line")"
    record pair sync-lag-p50 "$(sed -n 's|.*lag p50 \([0-9.]*\) ms.*|\1|p' <<<"$line")"
    record pair sync-lag-p99 "$(sed -n 's|.*p99 \([0-9.]*\) ms.*|\1|p' <<<"$line")"
}
