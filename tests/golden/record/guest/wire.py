"""Packets made by hand, and what a hop carried: bytes of IPv4 without the link header."""

import socket
import struct

FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32}


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(source, target, protocol, body, ident=1, ttl=64, tos=0, fragment=0x4000, options=b""):
    length = 20 + len(options)
    head = struct.pack("!BBHHHBBH4s4s", 0x40 | length // 4, tos, length + len(body), ident, fragment, ttl, protocol, 0, socket.inet_aton(source),
        socket.inet_aton(target)) + options
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def pseudo(source, target, protocol, length):
    return socket.inet_aton(source) + socket.inet_aton(target) + struct.pack("!BBH", 0, protocol, length)


def end(text):
    address, port = text.split(":")
    return address, int(port)


def tcp(source, target, flags, sequence=0, acknowledgement=0, data=b"", window=64240, options=b"", bad=False, **header):
    (a, p), (b, q) = end(source), end(target)
    bits = sum(FLAGS[f] for f in flags)
    body = struct.pack("!HHIIBBHHH", p, q, sequence & 0xFFFFFFFF, acknowledgement & 0xFFFFFFFF, (20 + len(options)) // 4 << 4, bits, window, 0,
        0) + options + data
    total = checksum(pseudo(a, b, 6, len(body)) + body) ^ (0x5555 if bad else 0)
    return ip(a, b, 6, body[:16] + struct.pack("!H", total) + body[18:], **header)


def udp(source, target, data, zero=False, bad=False, **header):
    (a, p), (b, q) = end(source), end(target)
    body = struct.pack("!HHHH", p, q, 8 + len(data), 0) + data
    total = 0 if zero else (checksum(pseudo(a, b, 17, len(body)) + body) or 0xFFFF) ^ (0x5555 if bad else 0)
    return ip(a, b, 17, body[:6] + struct.pack("!H", total) + body[8:], **header)


def icmp(source, target, kind, code, quoted, rest=0, bad=False, **header):
    body = struct.pack("!BBHI", kind, code, 0, rest) + quoted
    total = checksum(body) ^ (0x5555 if bad else 0)
    return ip(source, target, 1, body[:2] + struct.pack("!H", total) + body[4:], **header)
