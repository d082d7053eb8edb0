#!/usr/bin/env bash
# Boots the guest over a working folder and leaves it running: jobs/NAME.json in, records/KIND/NAME.json out. Software emulation: no KVM needed.
# usage: boot.sh GUEST-FOLDER WORKING-FOLDER
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
guest=${1:?usage: boot.sh GUEST-FOLDER WORKING-FOLDER}
work=${2:?usage: boot.sh GUEST-FOLDER WORKING-FOLDER}
mkdir -p "$work/jobs" "$work/records"
rm -rf "$work/guest"
cp -r "$here/guest" "$work/guest"
exec qemu-system-x86_64 -accel tcg -cpu max -smp 1 -m 768 -nographic -no-reboot -nic none \
  -kernel "$guest/vmlinuz" -initrd "$guest/initramfs" -append "console=ttyS0 quiet panic=-1 mitigations=off" \
  -virtfs "local,path=$work,mount_tag=work,security_model=none"
