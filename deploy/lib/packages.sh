#!/usr/bin/env bash
# packages.sh [build|run|lab|bench]…: installs the packages of deploy/packages that are missing (build, run and lab if none is named) and
# says which before it does. Services that come with them are neither started nor enabled; services that were there before
# are left alone. Run by deploy/demo, deploy/test, deploy/bench and deploy/install, or by hand.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# wanted_packages PLACE…
wanted_packages() {
    local place
    for place in "$@"; do
        sed -n "s/^\([a-z0-9.+-]*\)  *# $place: .*/\1/p" "$root/deploy/packages"
    done
}

is_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing_packages() {
    local package
    for package in $(wanted_packages "$@"); do
        if ! is_installed "$package"; then
            say "$package"
        fi
    done
}

# invoke-rc.d asks this program before it starts a service; 101 is "not allowed". One that is already there stays.
forbid_starting_services() {
    local policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 0755 "$policy"
    fi
}

install_packages() {
    local service
    say "Installing from Debian: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || say "The package lists could not be refreshed everywhere; going on with what is there."
    forbid_starting_services
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    for service in nginx:nginx vsftpd:vsftpd openipmi:openipmi openssh-server:ssh haproxy:haproxy pen:pen; do
        if [[ " $* " == *" ${service%:*}"* ]] && command -v systemctl >/dev/null; then
            systemctl disable --quiet "${service#*:}" 2>/dev/null || true
        fi
    done
}

# The SDK is not in Debian. Where a configured source has it, it is installed like the rest.
need_dotnet() {
    local version
    if command -v dotnet >/dev/null && version=$(cd "$root" && dotnet --version 2>/dev/null); then
        say "The .NET SDK is there: $version"
    elif apt-cache show dotnet-sdk-10.0 &>/dev/null; then
        install_packages dotnet-sdk-10.0
    else
        fail "the .NET 10 SDK is missing and no package source has it. Add Microsoft's source for Debian 12 and install dotnet-sdk-10.0 (https://learn.microsoft.com/dotnet/core/install/linux-debian), or unpack the SDK to /usr/share/dotnet and link /usr/bin/dotnet to it."
    fi
}

need_root
command -v apt-get >/dev/null || fail "needs a Debian (apt-get); the packages that are wanted stand in deploy/packages"
places=("$@")
((${#places[@]})) || places=(build run lab)
mapfile -t missing < <(missing_packages "${places[@]}")
if ((${#missing[@]})); then
    install_packages "${missing[@]}"
else
    say "All packages are there."
fi
need_dotnet
