"""Plays a scenario of packets/: real sockets and hand-made packets, with a capture of both hops behind each step."""

import errno
import select
import socket
import struct
import subprocess
import time

import output
import table
from capture import Capture, checksum, pseudo
from network import sysctl
from traffic import Servers, parse, reset, show

FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32, "E": 64, "C": 128}


class Packets:
    """What a scenario calls. Each step is one row of the record."""

    kind = "packets"

    def __init__(self, name, note, setup, play, sysctls=None, ftp=False):
        self.name, self.note, self.setup, self.play, self.sysctls, self.ftp = name, note, setup, play, sysctls or {}, ftp


class Stage:
    """The hands of a scenario: client, server, the wire and the director's command line."""

    def __init__(self, network, scenario):
        self.network, self.rows = network, []
        subprocess.run(["/bin/modprobe", "ip_vs_ftp"] if scenario.ftp else ["/bin/rmmod", "ip_vs_ftp"], capture_output=True, check=False)
        network.make()
        network.enter("director")
        for name, value in scenario.sysctls.items():
            sysctl(name, value)
        for command in scenario.setup:
            done = network.run("director", ["/sbin/ipvsadm", *command.split()])
            if done.returncode:
                raise RuntimeError(f"{command}: {done.stderr}")
        self.servers = Servers(network)
        self._wires = {who: network.socket(who, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) for who in ("client", "server")}
        self._capture = Capture(network)
        self._held = []
        self._settle()

    def _settle(self):
        """The neighbours know each other before anything is recorded."""
        for where, target in (("client", "192.0.2.1"), ("server", "10.0.0.1")):
            with self.network.socket(where, socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.sendto(b"", (target, 9))
        time.sleep(0.2)
        self._capture.take()
        self._capture._count = 0

    def close(self):
        self._capture.close()
        for sock in self._held:
            sock.close()
        self.servers.close()
        for wire in self._wires.values():
            wire.close()

    def step(self, text, act=None, wait=0.0):
        result = act() if act else None
        time.sleep(wait)
        row = {"step": text} | ({"result": result} if isinstance(result, str) else {})
        self.rows.append(row | self._capture.take())
        return result

    def ipvsadm(self, arguments):
        done = self.network.run("director", ["/sbin/ipvsadm", *arguments.split()])
        self.rows.append({"ipvsadm": arguments, "exit": done.returncode})
        self._lost()

    def sysctl(self, name, value):
        self.network.enter("director")
        sysctl(name, value)
        self.rows.append({"sysctl": name, "value": value})
        self._lost()

    def connections(self):
        self.network.enter("director")
        self.rows.append({"connections": table.connections()})
        self._lost()

    def _lost(self):
        late = self._capture.take(0.001)
        if late["client_side"] or late["server_side"]:
            self.rows.append({"step": "meanwhile", **late})

    # Sockets.

    def listen(self, *ports):
        for port in ports:
            self.servers.listen("tcp", port, socket.AF_INET)

    def connect(self, source, target):
        """(client, server, "picked ..."); the sockets are None where it failed."""
        client = self.network.socket("client", socket.AF_INET, socket.SOCK_STREAM)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.settimeout(1.0)
        client.bind(parse(source))
        try:
            client.connect(parse(target))
        except OSError as problem:
            client.close()
            return None, None, errno.errorcode.get(problem.errno, "TIMEOUT")
        server, picked = self.servers.accept()
        self._held += [client, server]
        return client, server, f"picked {picked}"

    def open(self, text, source, target):
        pair = []

        def act():
            pair.extend(self.connect(source, target))
            return pair[2]
        self.step(text, act)
        return pair[0], pair[1]

    @staticmethod
    def say(sender, receiver, text):
        sender.sendall(text.encode("latin-1"))
        ready, _, _ = select.select([receiver], [], [], 0.5)
        return f"the other side read {receiver.recv(65536).decode('latin-1')!r}" if ready else "nothing was read"

    @staticmethod
    def reset(sock):
        reset(sock)

    # Hand-made packets.

    def raw(self, who, packet):
        target = socket.inet_ntoa(packet[16:20])
        self._wires[who].sendto(packet, (target, 0))

    def tcp(self, who, source, target, flags, *numbers, **more):
        """`numbers`: sequence, acknowledgement, data."""
        self.raw(who, tcp(source, target, flags, *numbers, **more))

    def udp(self, who, source, target, text=b"hello", **more):
        self.raw(who, udp(source, target, text, **more))


def ip(source, target, protocol, data, ttl=64, tos=0, ident=0x1234, flags=0x4000, options=b""):
    words = 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH4s4s", 0x40 | words, tos, words * 4 + len(data), ident, flags, ttl, protocol, 0,
                       socket.inet_aton(source), socket.inet_aton(target)) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + data


def tcp(source, target, flags, seq=1000, ack=0, text=b"", *, window=8192, options=b"", bad=False, urgent=0, **more):
    (from_address, from_port), (to_address, to_port) = parse(source), parse(target)
    bits = sum(FLAGS[f] for f in flags)
    data = struct.pack("!HHIIBBHHH", from_port, to_port, seq, ack, (5 + len(options) // 4) << 4, bits, window, 0, urgent) + options + text
    whole = ip(from_address, to_address, 6, data, **more)
    total = checksum(data, pseudo(whole, len(data))) ^ (0x5555 if bad else 0)
    return ip(from_address, to_address, 6, data[:16] + struct.pack("!H", total) + data[18:], **more)


def udp(source, target, text=b"hello", bad=False, summed=True, **more):
    (from_address, from_port), (to_address, to_port) = parse(source), parse(target)
    data = struct.pack("!HHHH", from_port, to_port, 8 + len(text), 0) + text
    whole = ip(from_address, to_address, 17, data, **more)
    total = (checksum(data, pseudo(whole, len(data))) or 0xFFFF) ^ (0x5555 if bad else 0)
    return ip(from_address, to_address, 17, data[:6] + struct.pack("!H", total if summed else 0) + data[8:], **more)


def icmp(source, target, kind, code, quoted=b"", rest=0, bad=False, **more):
    data = struct.pack("!BBHI", kind, code, 0, rest) + quoted
    total = checksum(data) ^ (0x5555 if bad else 0)
    return ip(source, target, 1, data[:2] + struct.pack("!H", total) + data[4:], **more)


def fragments(packet, size):
    """The packet in pieces of `size` bytes of payload (a multiple of 8)."""
    header = (packet[0] & 15) * 4
    data, pieces = packet[header:], []
    for at in range(0, len(data), size):
        piece = bytearray(packet[:header] + data[at:at + size])
        more = 0x2000 if at + size < len(data) else 0
        piece[2:4] = struct.pack("!H", len(piece))
        piece[6:8] = struct.pack("!H", more | at // 8)
        piece[10:12] = b"\0\0"
        piece[10:12] = struct.pack("!H", checksum(bytes(piece[:header])))
        pieces.append(bytes(piece))
    return pieces


def record(network, scenario):
    stage = Stage(network, scenario)
    try:
        scenario.play(stage)
    finally:
        stage.close()
    head = {"scenario": scenario.name, "note": scenario.note}
    if scenario.sysctls:
        head["sysctls"] = scenario.sysctls
    head["setup"] = [f"ipvsadm {command}" for command in scenario.setup]
    output.write("/work/records/packets", head, "steps", stage.rows)
