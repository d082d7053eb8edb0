"""Plays segments by hand into every TCP state of the kernel's table and writes timeouts*.json."""

import json
import socket
import time

import table
from network import sysctl
from output import KERNEL
from wire import tcp

VIRTUAL, SERVER, CLIENT = "192.0.2.100:80", "10.0.0.50:80", "192.0.2.200"
PACKETS = [f"{who} {what}" for who in ("client", "server") for what in ("SYN", "SYN+ACK", "ACK", "FIN+ACK", "RST+ACK")]
FLAGS = {"SYN": "S", "SYN+ACK": "SA", "ACK": "A", "FIN+ACK": "FA", "RST+ACK": "RA"}


class States:
    """One table of states: name of the file, sysctls, what the note adds."""

    kind = "."

    def __init__(self, name, note, sysctls=None):
        self.name, self.note, self.sysctls = name, note, sysctls or {}


class Segments:
    """Sends from a client's and a server's address that nobody has: no TCP stack answers."""

    def __init__(self, network):
        self._out = {}
        for side, link in (("client", "c0"), ("server", "s0")):
            self._out[side] = network.socket(side, socket.AF_PACKET, socket.SOCK_RAW, 0)
            self._out[side].bind((link, 0))
        network.enter("director")
        self.port = 20000

    def fresh(self):
        self.port += 1

    def send(self, packet):
        side, what = packet.split(" ")
        here = f"{CLIENT}:{self.port}"
        source, target = (here, VIRTUAL) if side == "client" else (SERVER, here)
        sequence = 1000 if "SYN" in what else 1001
        frame = tcp(source, target, FLAGS[what], sequence, 1001 if "ACK" in what else 0)
        director = b"\x02\0\0\0\0\x02" if side == "client" else b"\x02\0\0\0\0\x03"
        own = b"\x02\0\0\0\0\x01" if side == "client" else b"\x02\0\0\0\0\x04"
        self._out[side].send(director + own + b"\x08\0" + frame)
        time.sleep(0.02)

    def entry(self):
        return next((c for c in table.connections() if c["client"] == f"{CLIENT}:{self.port}"), None)


def record(network, scenario):
    network.make()
    network.enter("director")
    for name, value in scenario.sysctls.items():
        sysctl(name, value)
    for command in (f"-A -t {VIRTUAL} -s rr", f"-a -t {VIRTUAL} -r {SERVER} -m", "--set 900 120 300"):
        network.run("director", ["ipvsadm", *command.split()])
    time.sleep(2.5)
    segments = Segments(network)
    paths, transitions = {"NONE": []}, []
    defaults, lines = {}, []
    for state in paths_growing(paths):
        for packet in PACKETS:
            row, line = _transition(network, segments, paths[state], state, packet)
            transitions.append(row)
            if row["next"] not in paths:
                paths[row["next"]] = [*paths[state], packet]
                defaults[row["next"]] = row["expires"] + 1
                lines.append({"state": row["next"], "path": paths[row["next"]], "ipvsadm -L -n -c": line})
    network.run("director", ["ipvsadm", "--set", "1111", "222", "33"])
    changed = {state: _timeout(segments, paths[state]) for state in defaults}
    network.run("director", ["ipvsadm", "--set", "900", "120", "300"])
    whole = {"kernel": KERNEL, "ipvsadm": "1.31", "note": scenario.note}
    if scenario.sysctls:
        whole["sysctls"] = scenario.sysctls
    _write(scenario.name, {**whole, "default_timeouts": defaults, "first_seen": lines, "after ipvsadm --set 1111 222 33": changed, "transitions": transitions})


def paths_growing(paths):
    """The states in the order in which they are found."""
    done = 0
    while done < len(paths):
        yield list(paths)[done]
        done += 1


def _transition(network, segments, path, state, packet):
    while True:
        segments.fresh()
        before = _counts()
        for step in path:
            segments.send(step)
        there = segments.entry()
        if (there["state"] if there else "NONE") != state:
            raise RuntimeError(f"{path} leads to {there}, not {state}")
        segments.send(packet)
        entry = segments.entry()
        active, inactive = (now - then for now, then in zip(_counts(), before))
        counted = {(0, 0): "not at all", (1, 0): "active", (0, 1): "inactive"}.get((active, inactive))
        if counted and (counted != "not at all") == (entry is not None):
            break  # Otherwise an older entry has expired meanwhile.
    row = {"state": state, "packet": packet, "next": entry["state"] if entry else "NONE", "expires": entry["expires"] if entry else None, "counted": counted}
    listing = network.run("director", ["ipvsadm", "-L", "-n", "-c"]).stdout.decode()
    return row, next((line for line in listing.splitlines() if f":{segments.port} " in line), None)


def _timeout(segments, path):
    segments.fresh()
    for step in path:
        segments.send(step)
    return segments.entry()["expires"] + 1


def _counts():
    _, servers = table.services()[0]
    return servers[0][1:]


def _write(name, record_):
    lines = []
    for key, value in record_.items():
        if isinstance(value, list):
            lines.append(f' "{key}": [\n' + ",\n".join("  " + json.dumps(row) for row in value) + "\n ]")
        else:
            lines.append(f' "{key}": {json.dumps(value)}')
    with open(f"/work/records/{name}.json", "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
