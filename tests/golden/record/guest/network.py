"""Client, director and servers: three network namespaces of the guest, made afresh for every scenario."""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
SIOCETHTOOL = 0x8946
OFFLOADS = (0x15, 0x17, 0x19, 0x1F, 0x24, 0x2C)  # receive and transmit checksum, scatter/gather, TSO, GSO, GRO
NAMES = ("client", "director", "server")

# Every address of a block is local without being on an interface; .200 and .50 are nobody's, but their neighbours believe in them.
CLIENT_BLOCKS = ("192.0.2.3/32", "192.0.2.4/30", "192.0.2.8/29", "192.0.2.16/28", "192.0.2.32/27", "192.0.2.64/27", "192.0.2.96/31", "192.0.2.98/32", "198.51.100.0/24")
SERVER_BLOCKS = ("10.0.0.3/32", "10.0.0.4/30", "10.0.0.8/29", "10.0.0.16/28")

CLIENT = [
    "addr add 192.0.2.2/24 dev c0", "addr add 2001:db8::2/64 dev c0 nodad",
    "route add default via 192.0.2.1", "route add default via 2001:db8::1",
    *(f"route add local {block} dev lo" for block in CLIENT_BLOCKS), "route add local 2001:db8:2::/64 dev lo",
]
DIRECTOR = [
    "addr add 192.0.2.1/24 dev d0", "addr add 192.0.2.100/32 dev d0", "addr add 10.0.0.1/24 dev d1",
    "addr add 2001:db8::1/64 dev d0 nodad", "addr add 2001:db8::100/128 dev d0 nodad", "addr add 2001:db8:1::1/64 dev d1 nodad",
    "route add 198.51.100.0/24 via 192.0.2.2", "route add 2001:db8:2::/64 via 2001:db8::2",
    "neigh add 10.0.0.50 lladdr 02:00:00:00:00:04 dev d1", "neigh add 10.0.0.51 lladdr 02:00:00:00:00:04 dev d1",
    "neigh add 192.0.2.200 lladdr 02:00:00:00:00:01 dev d0",
]
SERVER = [
    "addr add 10.0.0.2/24 dev s0", "addr add 2001:db8:1::2/64 dev s0 nodad",
    "route add default via 10.0.0.1", "route add default via 2001:db8:1::1",
    *(f"route add local {block} dev lo" for block in SERVER_BLOCKS),
    *(f"addr add 2001:db8:1::{n}/64 dev s0 nodad" for n in range(3, 10)),  # Neighbour discovery answers for addresses only.
]


class Network:
    """The namespaces. `inside` moves this thread into one of them; what is opened there stays there."""

    def __init__(self):
        self._handles = {}
        self._home = os.open("/proc/self/ns/net", os.O_RDONLY)

    def make(self):
        self.remove()
        for name in NAMES:
            _ip("netns", "add", name)
            self._handles[name] = os.open(f"/run/netns/{name}", os.O_RDONLY)
        _batch(None, [
            "link add c0 address 02:00:00:00:00:01 netns client type veth peer name d0 address 02:00:00:00:00:02 netns director",
            "link add d1 address 02:00:00:00:00:03 netns director type veth peer name s0 address 02:00:00:00:00:04 netns server",
        ])
        for name, links, commands in (("client", ["c0"], CLIENT), ("director", ["d0", "d1"], DIRECTOR), ("server", ["s0"], SERVER)):
            self.enter(name)
            for link in links:
                _offloads_off(link)
            sysctl("net.ipv6.conf.all.accept_dad", 0)
            sysctl("net.ipv6.conf.default.accept_dad", 0)
            sysctl("net.ipv6.ip_nonlocal_bind", 1)  # Routes of kind local are enough for IPv4 to bind.
            sysctl("net.ipv4.tcp_timestamps", 0)
            sysctl("net.ipv4.tcp_max_tw_buckets", 0)  # A source port is free again as soon as its connection is over.
            if name == "director":
                sysctl("net.ipv4.ip_forward", 1)
                sysctl("net.ipv4.icmp_ratelimit", 0)  # Refusals one after the other are all sent.
                sysctl("net.ipv6.conf.all.forwarding", 1)
            self.home()
            _batch(name, ["link set lo up", *(f"link set {link} up" for link in links), *commands])

    def remove(self):
        self.home()
        for name, handle in self._handles.items():
            os.close(handle)
            _ip("netns", "del", name)
        self._handles = {}

    def enter(self, name):
        if LIBC.setns(self._handles[name], CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {name}")

    def home(self):
        LIBC.setns(self._home, CLONE_NEWNET)

    def socket(self, where, *what):
        self.enter(where)
        return socket.socket(*what)

    def run(self, where, words, text=""):
        self.enter(where)
        return subprocess.run(words, input=text.encode(), capture_output=True, check=False)


def sysctl(name, value):
    with open("/proc/sys/" + name.replace(".", "/"), "w", encoding="ascii") as file:
        file.write(str(value))


def _ip(*words):
    subprocess.run(["/sbin/ip", *words], check=True)


def _batch(name, commands):
    where = ["-n", name] if name else []
    subprocess.run(["/sbin/ip", *where, "-batch", "-"], input="\n".join(commands).encode(), check=True)


def _offloads_off(link):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for command in OFFLOADS:
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            request = struct.pack("16sP", link.encode(), ctypes.addressof(value))
            try:
                fcntl.ioctl(control, SIOCETHTOOL, request)
            except OSError:
                pass  # What the driver does not have needs no switching off.
