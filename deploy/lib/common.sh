# shellcheck shell=bash
# Names, places and words that every script shares. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
library=$root/deploy/lib
artifacts=$root/artifacts
lab=/run/halvs-lab

# HALVS_PROGRAM lets another build (or a stand-in) run in the lab.
program=${HALVS_PROGRAM:-$artifacts/halvs/halvs}

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

need_root() {
    [[ $EUID -eq 0 ]] || fail "needs root (network namespaces, packages): sudo ${0##*/}"
}

# Milliseconds of CLOCK_MONOTONIC, the clock of `halvs events` and `halvs traffic`. No shell has it; the kernel's
# timer list starts with it. Without that file: uptime, which is the same clock on a machine that never slept, to 10 ms.
monotonic_ms() {
    local line nanoseconds
    if [[ -r /proc/timer_list ]]; then
        while read -r line; do
            if [[ $line == "now at "* ]]; then
                read -r _ _ nanoseconds _ <<<"$line"
                printf '%d.%03d\n' $((nanoseconds / 1000000)) $((nanoseconds / 1000 % 1000))
                return
            fi
        done </proc/timer_list
    fi
    read -r line _ </proc/uptime
    printf '%d.000\n' $((10#${line/./} * 10))
}

# wait_until SECONDS COMMAND…: polls until COMMAND succeeds; 1 at the deadline.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# A background process must not hold our locks, pipes or a BMC's sockets: call in the child, before exec.
close_inherited_files() {
    local entry number
    for entry in /proc/self/fd/*; do
        number=${entry##*/}
        # 255 is bash reading this script.
        if ((number > 2 && number != 255)); then
            eval "exec $number>&-"
        fi
    done
}

# No greeting, no telemetry, and no build server that outlives the script.
quiet_dotnet() {
    export HOME=${HOME:-/root}
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
    export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
}
