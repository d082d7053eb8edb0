"""Every IP packet at the director's two interfaces, in order, described as the records do."""

import select
import socket
import struct

ETH_P_ALL = 3
OUTGOING = 4
SO_TIMESTAMPNS = 35
SIDES = (("d0", "client_side", "client"), ("d1", "server_side", "server"))


class Capture:
    """Between `take` and `take`: what passed."""

    def __init__(self, network):
        self._sockets = []
        self._count = 0
        for interface, side, who in SIDES:
            sock = network.socket("director", socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            sock.bind((interface, ETH_P_ALL))
            self._sockets.append((sock, side, who))

    def take(self, quiet=0.06):
        """Waits until nothing has come for a while."""
        found = []
        while True:
            ready, _, _ = select.select([s for s, _, _ in self._sockets], [], [], quiet)
            if not ready:
                break
            for sock, side, who in self._sockets:
                if sock not in ready:
                    continue
                frame, control, _, address = sock.recvmsg(70000, 256)
                if frame[12:14] == b"\x08\x00":
                    time = struct.unpack("qq", control[0][2][:16])
                    packet = frame[14:14 + struct.unpack("!H", frame[16:18])[0]]
                    found.append((time, side, f"director -> {who}" if address[2] == OUTGOING else f"{who} -> director", packet))
        sides = {"client_side": [], "server_side": []}
        for _, side, direction, packet in sorted(found, key=lambda f: f[0]):
            self._count += 1
            sides[side].append({"n": self._count, "dir": direction, **describe(packet)})
        return sides

    def close(self):
        for sock, _, _ in self._sockets:
            sock.close()


def checksum(data, start=0):
    if len(data) % 2:
        data += b"\0"
    total = start + sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def pseudo(packet, length):
    return sum(struct.unpack("!4H", packet[12:20])) + packet[9] + length


def describe(packet):
    header = (packet[0] & 15) * 4
    found = {"what": _what(packet, header), "ttl": packet[8]}
    verdict = _transport_checksum(packet, header)
    if verdict:
        found["l4_checksum"] = verdict
    if checksum(packet[:header]) != 0:
        found["ip_checksum"] = "BAD"
    found["hex"] = packet.hex()
    return found


def _transport_checksum(packet, header):
    protocol, data = packet[9], packet[header:]
    if struct.unpack("!H", packet[6:8])[0] & 0x3FFF:
        return None  # A fragment alone has none that could be checked.
    if protocol == 17 and data[6:8] == b"\0\0":
        return "none"
    start = {6: pseudo(packet, len(data)), 17: pseudo(packet, len(data)), 1: 0}.get(protocol)
    if start is None or len(data) < 8:
        return None
    return "ok" if checksum(data, start) == 0 else "BAD"


def _what(packet, header):
    protocol, data = packet[9], packet[header:]
    source, target = (socket.inet_ntoa(packet[at:at + 4]) for at in (12, 16))
    offset = struct.unpack("!H", packet[6:8])[0]
    if offset & 0x3FFF:
        return f"{source} > {target} fragment of proto {protocol} at {(offset & 0x1FFF) * 8} len {len(data)}" + (" more" if offset & 0x2000 else "")
    if protocol == 6 and len(data) < 20:
        return f"{source} > {target} TCP cut short, {len(data)} bytes"
    if protocol == 6:
        ports = struct.unpack("!HHII", data[:12])
        flags = "".join(name for bit, name in ((1, "F"), (2, "S"), (4, "R"), (8, "P"), (16, "A")) if data[13] & bit)
        text = data[(data[12] >> 4) * 4:]
        shown = f" {text[:80].decode('latin-1')!r}" if text else ""
        return f"{source}:{ports[0]} > {target}:{ports[1]} TCP {flags} seq {ports[2]} ack {ports[3]} len {len(text)}{shown}"
    if protocol == 17 and len(data) >= 8:
        ports = struct.unpack("!HH", data[:4])
        return f"{source}:{ports[0]} > {target}:{ports[1]} UDP len {len(data) - 8}"
    if protocol == 1 and len(data) >= 8:
        return f"{source} > {target} ICMP type {data[0]} code {data[1]} rest {data[4:8].hex()}" + _quote(data)
    return f"{source} > {target} proto {protocol} len {len(data)}"


def _quote(data):
    if data[0] not in (3, 4, 5, 11, 12) or len(data) < 36:
        return ""
    inner = data[8:]
    header = (inner[0] & 15) * 4
    ports = struct.unpack("!HH", inner[header:header + 4])
    source, target = (socket.inet_ntoa(inner[at:at + 4]) for at in (12, 16))
    return f" quoting {source}:{ports[0]} > {target}:{ports[1]} proto {inner[9]} ttl {inner[8]} ({len(inner)} bytes quoted)"
