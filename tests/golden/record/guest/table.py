"""The director's tables as /proc shows them."""

import socket
import time


def end(address, port):
    if len(address) == 8:
        return f"{socket.inet_ntoa(bytes.fromhex(address))}:{int(port, 16)}"
    return f"[{socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, address))}]:{int(port, 16)}"


def services():
    """[(service, [(server, active, inactive)])] in the kernel's order."""
    found = []
    with open("/proc/self/net/ip_vs", encoding="ascii") as file:
        for line in file.readlines()[3:]:
            words = line.split()
            if words[0] == "->":
                found[-1][1].append((_end(words[1]), int(words[4]), int(words[5])))
            elif words[0] == "FWM":
                found.append((f"FWM {int(words[1], 16)}", []))
            else:
                found.append((f"{words[0]} {_end(words[1])}", []))
    return found


def settled():
    """As above, once it has stopped changing."""
    before = services()
    while True:
        time.sleep(0.004)
        now = services()
        if now == before:
            return now
        before = now


def connections():
    """[{pro, client, virtual, server, state, expires}], sorted; templates among them."""
    found = []
    with open("/proc/self/net/ip_vs_conn", encoding="ascii") as file:
        for line in file.readlines()[1:]:
            w = line.split()
            found.append({
                "pro": w[0], "client": end(w[1], w[2]), "virtual": end(w[3], w[4]), "server": end(w[5], w[6]),
                "state": w[7], "expires": int(w[8])})
    return sorted(found, key=lambda c: (c["pro"], c["client"], c["virtual"]))


def is_template(connection):
    return connection["client"].endswith(":0") and connection["state"] in ("NONE", "ASSURED")


def _end(text):
    address, port = text.rsplit(":", 1)
    if address.startswith("["):
        whole = socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, address[1:-1]))
        return f"[{whole}]:{int(port, 16)}"
    return end(address, port)
