#!/usr/bin/env bash
# Installs the packages of deploy/packages that are missing, and says which before it does. Services that come with them
# are neither started nor enabled; services that already run are left alone. Run by deploy/demo and deploy/test, or by hand.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

wanted_packages() {
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$root/deploy/packages"
}

is_installed() {
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing_packages() {
    local package
    for package in $(wanted_packages); do
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
    local package
    say "Installing from Debian: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    forbid_starting_services
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    for package in nginx vsftpd openipmi; do
        if [[ " $* " == *" $package"* ]] && command -v systemctl >/dev/null; then
            systemctl disable --quiet "$package" 2>/dev/null || true
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
mapfile -t missing < <(missing_packages)
if ((${#missing[@]})); then
    install_packages "${missing[@]}"
else
    say "All packages are there."
fi
need_dotnet
