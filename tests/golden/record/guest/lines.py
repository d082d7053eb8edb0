"""Plays a scenario of ipvsadm/: commands one after the other on one table, or, with a base, each on a table that was reset to it."""

import socket
import subprocess
import time

import output
from traffic import Connection, Servers, datagram

TIMEOUTS = "--set 900 120 300"


class Commands:
    """What a scenario asks. A step is a command, (command, stdin), {"action": words, "do": [calls]} or {"command": ..., "note": ...}."""

    kind = "ipvsadm"

    def __init__(self, name, steps, base=None, note=None):
        self.name, self.steps, self.base, self.note = name, steps, base, note


def record(network, scenario):
    network.make()
    subprocess.run(["/bin/modprobe", "ip_vs_pe_sip"], check=True)
    head = {"scenario": scenario.name}
    if scenario.note:
        head["note"] = scenario.note
    if scenario.base is not None:
        head["base"] = scenario.base
        base = _Base(network, scenario.base)
        rows = [base.row(step) for step in scenario.steps]
    else:
        rows = _in_order(network, scenario.steps)
    output.write("/work/records/ipvsadm", head, "steps", rows)


class _Base:
    """A table that is reset only when the command before has changed it."""

    def __init__(self, network, lines):
        self._network, self._lines, self._fresh = network, lines, None

    def row(self, step):
        if self._fresh is None:
            self._reset()
        row = _command(self._network, step)
        after = _table(self._network)
        if after != self._fresh:
            row["table_after"] = after
        if after != self._fresh or "--set" in row["command"] or "-Z" in row["command"] or "daemon" in row["command"]:
            self._fresh = None
        return row

    def _reset(self):
        for words in (TIMEOUTS, "-C", "--stop-daemon master", "--stop-daemon backup"):
            run(self._network, words)
        done = self._network.run("director", ["ipvsadm", "-R"], "".join(line + "\n" for line in self._lines))
        if done.returncode:
            raise RuntimeError(f"base: {done.stderr}")
        self._fresh = _table(self._network)


def _in_order(network, steps):
    servers, opened, rows = Servers(network), {}, []
    for step in steps:
        if isinstance(step, dict) and "action" in step:
            for verb, *what in step["do"]:
                _act(network, servers, opened, verb, what)
            rows.append({"action": step["action"]})
        else:
            rows.append(_command(network, step))
    for connection in opened.values():
        connection.close("client-rst")
    servers.close()
    return rows


def _act(network, servers, opened, verb, what):
    if verb == "listen":
        servers.listen(what[0], what[1], socket.AF_INET)
    elif verb == "open":
        opened[what[0]] = Connection(network, servers, what[0], what[1])
    elif verb == "close":
        _close(opened.pop(what[0]))
    elif verb == "exchange":
        _exchange(opened[what[0]], *what[1:])
    elif verb == "datagram":
        datagram(network, servers, what[0], what[1], b"x" * what[2])
    else:
        time.sleep(what[0])


def _close(connection):
    """FIN from the client, which the server acknowledges before it sends its own."""
    connection.client.shutdown(socket.SHUT_WR)
    time.sleep(0.2)
    connection.server.shutdown(socket.SHUT_WR)
    time.sleep(0.2)
    connection.client.close()
    connection.server.close()


def _exchange(connection, sends, receives):
    """One segment each way; the kernel acknowledges the first at once because nobody has an answer ready."""
    connection.client.sendall(b"q" * sends)
    connection.server.recv(sends)
    time.sleep(0.1)
    connection.server.sendall(b"a" * receives)
    connection.client.recv(receives)


def _command(network, step):
    note = step.get("note") if isinstance(step, dict) else None
    arguments, text = (step["command"], step.get("stdin")) if isinstance(step, dict) else step if isinstance(step, tuple) else (step, None)
    done = network.run("director", ["ipvsadm", *arguments.split()], text or "")
    row = {"command": ("ipvsadm " + arguments).strip()}
    if text is not None:
        row["stdin"] = text
    row |= {"stdout": done.stdout.decode(), "stderr": done.stderr.decode(), "exit": done.returncode if done.returncode >= 0 else f"signal {-done.returncode}"}
    if note:
        row["note"] = note
    return row


def _table(network):
    return network.run("director", ["ipvsadm", "-S", "-n"]).stdout.decode().splitlines()


def run(network, arguments):
    return network.run("director", ["ipvsadm", *arguments.split()])
