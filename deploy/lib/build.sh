#!/usr/bin/env bash
# build.sh [program|tools|all]: publishes the program (NativeAOT) into artifacts/halvs and compiles the lab's C programs
# into artifacts/lab. What is up to date is not built again: a stamp over the sources tells.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

source_stamp() {
    cd "$root"
    {
        dotnet --version
        find src proto Directory.Build.props Directory.Packages.props global.json .editorconfig \
            \( -name bin -o -name obj \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
    } | sha256sum
}

# Published beside and moved into place: a running director keeps its file, and a failed build leaves the old program.
build_program() {
    local stamp log=$artifacts/publish.log started=$SECONDS
    stamp=$(source_stamp)
    if [[ -x $artifacts/halvs/halvs && $(cat "$artifacts/halvs.stamp" 2>/dev/null) == "$stamp" ]]; then
        say "The program is up to date: artifacts/halvs/halvs"
        return
    fi
    say "Building the program (NativeAOT, one to three minutes the first time) …"
    rm -rf "$artifacts/halvs.new"
    dotnet publish "$root/src/Director" -c Release -o "$artifacts/halvs.new" --nologo -v quiet >"$log" 2>&1 || {
        cat "$log" >&2
        fail "the build failed; the compiler's words are above and in artifacts/publish.log"
    }
    rm -rf "$artifacts/halvs" "$artifacts/halvs.new"/*.dbg
    mv "$artifacts/halvs.new" "$artifacts/halvs"
    ln -sfn halvs "$artifacts/halvs/ipvsadm"
    say "$stamp" >"$artifacts/halvs.stamp"
    say "Built artifacts/halvs/halvs in $((SECONDS - started)) s."
}

build_tools() {
    local name
    local -A uses=([sctp]="-lusrsctp -lpthread" [bench-packets]="-lbpf")
    local names=(echo flood null-modem sctp)
    mkdir -p "$artifacts/lab"
    # What deploy/bench alone needs is built where its packages are.
    if [[ -e /usr/include/bpf/libbpf.h ]]; then
        names+=(bench-packets)
        if [[ ! $artifacts/lab/bench.bpf.o -nt $library/bench.bpf.c ]]; then
            clang -target bpf -O2 -g -Wall -Wextra -Werror -I"/usr/include/$(uname -m)-linux-gnu" -c "$library/bench.bpf.c" -o "$artifacts/lab/bench.bpf.o"
        fi
    fi
    for name in "${names[@]}"; do
        if [[ ! $artifacts/lab/$name -nt $library/$name.c ]]; then
            # shellcheck disable=SC2086 # one word a library
            clang -std=gnu11 -Wall -Wextra -Werror -O2 -o "$artifacts/lab/$name.new" "$library/$name.c" ${uses[$name]:-}
            mv "$artifacts/lab/$name.new" "$artifacts/lab/$name"
        fi
    done
}

quiet_dotnet
mkdir -p "$artifacts"
case ${1:-all} in
    program) build_program ;;
    tools) build_tools ;;
    all)
        build_program
        build_tools
        ;;
    *) fail "builds program, tools or all; '$1' is none of them" ;;
esac
