"""What both hops of the director carried, in one order."""

import select
import socket
import struct

from wire import checksum, pseudo

OUTGOING = 4
SIDES = {"d0": "client", "d1": "server"}


class Capture:
    """One socket on all links of the director's namespace: its queue is the order."""

    def __init__(self, network):
        self._socket = network.socket("director", socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUFFORCE if hasattr(socket, "SO_RCVBUFFORCE") else 33, 1 << 22)
        self._number = 0

    def take(self, quiet):
        """{"client_side": [...], "server_side": [...]} once nothing has come for so many seconds."""
        sides = {"client_side": [], "server_side": []}
        while select.select([self._socket], [], [], quiet)[0]:
            packet, (link, protocol, kind, _, _) = self._socket.recvfrom(65535)
            if protocol != 0x0800 or link not in SIDES:
                continue
            self._number += 1
            side = SIDES[link]
            direction = f"director -> {side}" if kind == OUTGOING else f"{side} -> director"
            sides[f"{side}_side"].append({"n": self._number, "dir": direction, **described(packet), "hex": packet.hex()})
        return sides

    def close(self):
        self._socket.close()


def described(packet):
    length = (packet[0] & 15) * 4
    whole = struct.unpack("!H", packet[2:4])[0]
    fragment = struct.unpack("!H", packet[6:8])[0] & 0x3FFF
    found = {"what": what(packet), "ttl": packet[8], "l4_checksum": l4(packet, length, whole) if not fragment else "none"}
    if checksum(packet[:length]):
        found["ip_checksum"] = "BAD"
    return found


def l4(packet, length, whole):
    body, protocol = packet[length:whole], packet[9]
    if protocol == 1:
        return "ok" if checksum(body) == 0 else "BAD"
    if protocol == 17 and body[6:8] == b"\0\0":
        return "none"
    head = pseudo(socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20]), protocol, len(body))
    return "ok" if protocol in (6, 17) and checksum(head + body) == 0 else "BAD"


def what(packet):
    length = (packet[0] & 15) * 4
    protocol, body = packet[9], packet[length:]
    source, target = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
    offset = (struct.unpack("!H", packet[6:8])[0] & 0x1FFF) * 8
    if offset:
        return f"{source} > {target} proto {protocol} fragment at {offset} len {len(body)}"
    if protocol == 6 and len(body) >= 20:
        p, q, sequence, acknowledgement, data, bits = struct.unpack("!HHIIBB", body[:14])
        text = body[(data >> 4) * 4:]
        names = "".join(n for n, bit in (("S", 2), ("F", 1), ("R", 4), ("P", 8), ("A", 16), ("U", 32)) if bits & bit)
        quoted = f" {text[:80].decode('latin1')!r}" if text else ""
        return f"{source}:{p} > {target}:{q} TCP {names} seq {sequence} ack {acknowledgement} len {len(text)}{quoted}"
    if protocol == 17:
        p, q, size = struct.unpack("!HHH", body[:6])
        return f"{source}:{p} > {target}:{q} UDP len {size - 8}"
    if protocol == 1:
        return f"{source} > {target} ICMP type {body[0]} code {body[1]} rest {body[4:8].hex()}" + quote(body)
    return f"{source} > {target} proto {protocol}"


def quote(body):
    inner = body[8:]
    if body[0] not in (3, 4, 5, 11, 12) or len(inner) < 28:
        return ""
    length = (inner[0] & 15) * 4
    p, q = struct.unpack("!HH", inner[length:length + 4])
    ends = f"{socket.inet_ntoa(inner[12:16])}:{p} > {socket.inet_ntoa(inner[16:20])}:{q}"
    return f" quoting {ends} proto {inner[9]} ttl {inner[8]} ({len(inner)} bytes quoted)"
