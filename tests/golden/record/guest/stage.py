"""Plays a scenario of packets/: what every step carried over both hops."""

import select
import socket
import subprocess
import time

import output
import table
from hops import Capture
from network import sysctl
from traffic import Connection, Servers, finish, parse, reset

QUIET = 0.15
LINKS = {"client": ("c0", b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0"), "server": ("s0", b"\x02\0\0\0\0\x03\x02\0\0\0\0\x04\x08\0")}


class Packets:
    """What a scenario asks: commands first, then `script`, a function of a Stage."""

    kind = "packets"

    def __init__(self, name, setup, script, note, **more):
        self.name, self.setup, self.script, self.note = name, setup, script, note
        self.sysctls, self.helper = more.get("sysctls"), more.get("helper", False)


def record(network, scenario):
    network.make()
    if scenario.helper:
        subprocess.run(["/bin/modprobe", "ip_vs_ftp"], check=True)
    stage = Stage(network)
    network.enter("director")
    for name, value in (scenario.sysctls or {}).items():
        sysctl(name, value)
    for command in scenario.setup:
        done = network.run("director", ["ipvsadm", *command.split()])
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr}")
    scenario.script(stage)
    stage.close()
    head = {"scenario": scenario.name, "note": scenario.note}
    if scenario.sysctls:
        head["sysctls"] = scenario.sysctls
    head["setup"] = [f"ipvsadm {command}" for command in scenario.setup]
    output.write("/work/records/packets", head, "steps", stage.rows)


class Stage:
    """The verbs of the scripts. Each leaves one step in `rows`."""

    def __init__(self, network):
        self.rows = []
        self._network = network
        self.servers = Servers(network)
        self._capture = Capture(network)
        self._out = {}
        for side, (link, _) in LINKS.items():
            self._out[side] = network.socket(side, socket.AF_PACKET, socket.SOCK_RAW, 0)
            self._out[side].bind((link, 0))

    def close(self):
        self.servers.close()
        self._capture.close()
        for sock in self._out.values():
            sock.close()

    def listen(self, protocol, *ports):
        for port in ports:
            self.servers.listen(protocol, port, socket.AF_INET)

    def step(self, text, result=None, quiet=QUIET):
        sides = self._capture.take(quiet)
        self.rows.append({"step": text, **({} if result is None else {"result": result}), **sides})
        return sides

    def raw(self, text, *packets):
        """(side, packet): sent by hand, a little apart."""
        for side, packet in packets:
            self._out[side].send(LINKS[side][1] + packet)
            time.sleep(0.02)
        return self.step(text)

    def ipvsadm(self, arguments):
        done = self._network.run("director", ["ipvsadm", *arguments.split()])
        time.sleep(0.05)  # expire_nodest_conn works a jiffy later.
        self.rows.append({"ipvsadm": arguments, "exit": done.returncode})

    def sysctl(self, name, value):
        self._network.enter("director")
        sysctl(name, value)
        self.rows.append({"sysctl": name, "value": value})

    def wait(self, seconds):
        time.sleep(seconds)
        self.rows.append({"wait_seconds": seconds})

    def table(self):
        self._network.enter("director")
        return table.connections()

    def connections(self):
        self.rows.append({"connections": self.table()})

    def connect(self, source, target, text):
        connection = Connection(self._network, self.servers, source, target)
        self.step(text, connection.error)
        return connection

    def connect_back(self, source, target, text):
        """A connection that the server's side opens."""
        listening = self._network.socket("client", socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(parse(target))
        listening.listen(4)
        with self._network.socket("server", socket.AF_INET, socket.SOCK_STREAM) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.settimeout(1.5)
            sock.bind(parse(source))
            try:
                sock.connect(parse(target))
                accepted, peer = listening.accept()
                result = f"the client sees {peer[0]}:{peer[1]}"
                reset(accepted)
            except OSError as problem:
                result = str(problem)
        listening.close()
        self.step(text, result)

    def say(self, connection, who, text):
        mouth, ear = (connection.client, connection.server) if who == "client" else (connection.server, connection.client)
        mouth.sendall(text.encode("latin1"))
        heard = ""
        while select.select([ear], [], [], 0.3)[0] and (data := ear.recv(4096)):
            heard += data.decode("latin1")
        self.step(f"{who} says {text!r}", f"the other side read {heard!r}")

    def finish(self, connection, by):
        first, second = (connection.client, connection.server) if by == "client" else (connection.server, connection.client)
        finish(first, second)
        self.step(f"{by} closes, then the other side")
        connection.client.close()
        connection.server.close()
