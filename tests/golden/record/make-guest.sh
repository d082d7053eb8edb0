#!/usr/bin/env bash
# Makes a kernel and an initramfs with Debian 12's IPVS, ipvsadm, nft, ip and python3. Needs Debian 12 (amd64), root, and its packages.
# usage: make-guest.sh FOLDER [KERNEL-VERSION]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:?usage: make-guest.sh FOLDER [KERNEL-VERSION]}
kernel=${2:-6.1.0-56-amd64}
packages=(
  "linux-image-$kernel" busybox-static iproute2 ipvsadm nftables kmod
  libnl-3-200 libnl-genl-3-200 libpopt0 libmnl0 libelf1 libcap2 libbpf1 libxtables12
  libnftables1 libnftnl11 libjansson4 libgmp10 libedit2 libbsd0 libmd0 libtinfo6
)

rm -rf "$out/unpacked" "$out/root"
mkdir -p "$out/deb" "$out/unpacked" "$out/root"
(cd "$out/deb" && apt-get download -q "${packages[@]}")
for deb in "$out"/deb/*.deb; do
  dpkg -x "$deb" "$out/unpacked"
done

from=$out/unpacked
root=$out/root
mkdir -p "$root"/{bin,sbin,dev,proc,sys,run,tmp,etc,work,usr/lib,lib/modules,lib64}
find "$from" -name busybox -type f -perm -u+x -exec cp {} "$root/bin/busybox" \;

# Programs with what they are linked against.
export LD_LIBRARY_PATH=$from/usr/lib/x86_64-linux-gnu:$from/lib/x86_64-linux-gnu
with_libraries() {
  local library
  ldd "$1" | grep -o '/[^ ]*' | while read -r library; do
    if [[ ! -e $root/lib/$(basename "$library") ]]; then
      cp -L "$library" "$root/lib/"
    fi
  done
}
programs=("$(find "$from" -path '*/sbin/ipvsadm' | head -n 1)" "$(find "$from" -path '*/sbin/nft')" "$(find "$from" -path '*/bin/ip' | head -n 1)")
for program in "${programs[@]}"; do
  cp -L "$program" "$root/sbin/"
  with_libraries "$program"
done
cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"

cp /usr/bin/python3.11 "$root/bin/python3"
with_libraries /usr/bin/python3.11
mkdir -p "$root/usr/lib/python3.11"
tar -C /usr/lib/python3.11 --exclude=test --exclude=idlelib --exclude=ensurepip --exclude=lib2to3 --exclude=pydoc_data --exclude='config-*' \
  --exclude=dist-packages --exclude=tkinter --exclude=distutils --exclude=unittest -cf - . | tar -C "$root/usr/lib/python3.11" -xf -
with_libraries "$(find /usr/lib/python3.11/lib-dynload -name '_ctypes.*.so')"

modules=lib/modules/$kernel
for folder in net drivers/net/veth.ko drivers/virtio fs/9p fs/netfs fs/fscache lib crypto arch/x86/crypto; do
  mkdir -p "$root/$modules/kernel/$(dirname "$folder")"
  cp -r "$from/$modules/kernel/$folder" "$root/$modules/kernel/$folder"
done
cp "$from/$modules"/modules.* "$root/$modules/"
ln -sf kmod "$from/bin/depmod"
"$from/bin/depmod" -b "$root" "$kernel"

cp /etc/services /etc/protocols "$root/etc/"
printf '127.0.0.1 localhost\n::1 localhost\n' > "$root/etc/hosts"
printf 'hosts: files\nservices: files\nprotocols: files\n' > "$root/etc/nsswitch.conf"
cp /lib/x86_64-linux-gnu/libnss_files.so.2 "$root/lib/" 2> /dev/null || true
install -m 755 "$here/guest/init" "$root/init"
(cd "$root" && find . | "$root/bin/busybox" cpio -o -H newc 2> /dev/null | gzip -1 > "$out/initramfs")
cp "$from/boot/vmlinuz-$kernel" "$out/vmlinuz"
echo "$out: vmlinuz, initramfs ($(du -h "$out/initramfs" | cut -f 1))"
