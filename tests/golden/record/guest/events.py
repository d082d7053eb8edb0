"""Plays a scenario of schedulers/ or persistence/ and writes what the kernel did behind each event."""

import time

import table
from network import sysctl
from traffic import Connection, Servers, datagram, family, parse

MARK_RULE = "nft: prerouting priority mangle: ip daddr {net} meta mark set {mark}; route add local {net} dev lo"


class Scenario:
    """What a scenario asks: name, setup (commands), events; the rest describes it for the reader."""

    def __init__(self, name, note, service, scheduler, servers, events, **more):
        self.name, self.note, self.service, self.scheduler = name, note, service, scheduler
        self.servers = [{"address": s[0], "weight": s[1], "upper": s[2] if len(s) > 2 else 0, "lower": s[3] if len(s) > 3 else 0} for s in servers]
        self.events = events
        self.kind = "persistence" if more.get("persistent") else "schedulers"
        self.protocol = more.pop("protocol", "tcp")
        self.flags = more.pop("flags", [])
        self.more = more

    @property
    def option(self):
        if self.service.startswith("fwmark"):
            return "-f " + self.service.split()[1] + (" -6" if self.more.get("six") else "")
        return {"tcp": "-t ", "udp": "-u "}[self.protocol] + self.service

    def setup(self):
        flags = f" -b {','.join(self.flags)}" if self.flags else ""
        persistent = f" {self.more['persistent']}" if self.more.get("persistent") else ""
        packet = " -o" if self.more.get("one_packet") else ""
        commands = [f"ipvsadm -A {self.option} -s {self.scheduler}{flags}{persistent}{packet}"]
        for s in self.servers:
            limits = (f" -x {s['upper']}" if s["upper"] else "") + (f" -y {s['lower']}" if s["lower"] else "")
            commands.append(f"ipvsadm -a {self.option} -r {s['address']} -m -w {s['weight']}{limits}")
        return commands


class Player:
    """One scenario on fresh namespaces."""

    def __init__(self, network, scenario):
        self._network, self._scenario = network, scenario
        self._servers = Servers(network)
        self._open = {}
        self._several = any("-A " in e.get("ipvsadm", "") for e in scenario.events)

    def play(self):
        scenario = self._scenario
        self._network.make()
        if scenario.servers and scenario.servers[0]["address"].startswith("["):
            time.sleep(2.5)  # Link-local addresses have to be there before neighbours can be asked for.
        self._network.enter("director")
        for name, value in scenario.more.get("sysctls", {}).items():
            sysctl(name, value)
        if "mark" in scenario.more:
            self._mark(*scenario.more["mark"])
        for command in scenario.setup():
            self._ipvsadm(command[len("ipvsadm "):], must=True)
        for port in self._ports():
            self._servers.listen(scenario.protocol, port, family(scenario.servers[0]["address"]) if scenario.servers else 2)
        self._network.enter("director")
        order = [server for server, _, _ in dict(table.services())[self._key()]]
        self._start = time.monotonic()
        events = [done for event in scenario.events if (done := self._event(dict(event)))]
        took = time.monotonic() - self._start
        for connection in self._open.values():
            for sock in (connection.client, connection.server):
                if sock:
                    sock.close()
        self._servers.close()
        return self._head(order, took), events

    def _head(self, order, took):
        s = self._scenario
        head = {"scenario": s.name, **({"note": s.note} if s.note else {}), "protocol": s.protocol, "service": s.service, "scheduler": s.scheduler, "flags": s.flags}
        if s.more.get("one_packet"):
            head["one_packet"] = True
        head |= {"servers": s.servers, "setup": s.setup(), "kernel_order": order}
        if s.more.get("persistent"):
            head["persistent"] = s.more["persistent"]
        if "sysctls" in s.more:
            head["sysctls"] = s.more["sysctls"]
        if "mark" in s.more:
            head["firewall"] = MARK_RULE.format(net=s.more["mark"][0], mark=s.more["mark"][1])
        return head | {"duration_seconds": round(took, 1)}

    def _ports(self):
        texts = [s["address"] for s in self._scenario.servers]
        texts += [e[k] for e in self._scenario.events for k in ("to", "add_server") if k in e]
        texts += [e["ipvsadm"].split("-r ")[1].split(" ")[0] for e in self._scenario.events if "-r " in e.get("ipvsadm", "")]
        return sorted({parse(t)[1] for t in texts})

    def _key(self):
        s = self._scenario
        return "FWM " + s.service.split()[1] if s.service.startswith("fwmark") else f"{s.protocol.upper()} {s.service}"

    def _mark(self, net, mark):
        family_name = "ip6" if ":" in net else "ip"
        rules = f"add table {family_name} m\nadd chain {family_name} m p {{ type filter hook prerouting priority mangle; }}\n"
        rules += f"add rule {family_name} m p {family_name} daddr {net} meta mark set {mark}\n"
        for words, text in ((["/sbin/nft", "-f", "-"], rules), (["/sbin/ip", "route", "add", "local", net, "dev", "lo"], "")):
            done = self._network.run("director", words, text)
            if done.returncode:
                raise RuntimeError(done.stderr)

    def _ipvsadm(self, arguments, must=False):
        done = self._network.run("director", ["/sbin/ipvsadm", *arguments.split()])
        if must and done.returncode:
            raise RuntimeError(f"ipvsadm {arguments}: {done.stderr.decode()}")
        return done.returncode

    def _event(self, event):
        """What became of it; None: it could not be (nobody closes a connection that was refused or whose server is gone)."""
        verb = next(iter(event))
        if verb == "close" and not self._can_close(event["close"]):
            return None
        {"open": self._connect, "ipvsadm": self._command}.get(verb, getattr(self, f"_{verb}", None))(event)
        self._network.enter("director")
        counts = table.settled()
        if self._scenario.kind == "persistence":
            if event.pop("look", verb == "templates"):
                every = table.connections()
                event["templates"] = [c for c in every if table.is_template(c)]
                event["connections"] = sum(not table.is_template(c) for c in every)
            event["t"] = round(time.monotonic() - self._start, 1)
        if verb == "templates":
            return event
        if self._several:
            event["conns"] = {f"{service} -> {server}": [a, i] for service, servers in counts for server, a, i in servers}
        else:
            event["conns"] = {server: [a, i] for server, a, i in dict(counts).get(self._key(), [])}
        return event

    def _target(self, event):
        return event.get("to") or self._scenario.service

    def _connect(self, event):
        connection = Connection(self._network, self._servers, event["from"], self._target(event))
        event["picked"] = connection.picked
        if connection.error:
            event["error"] = connection.error
        else:
            self._open[event["open"]] = connection

    def _can_close(self, name):
        """The connection is there and so is its server (one of port 0 takes connections on any port)."""
        self._network.enter("director")
        there = {server for _, servers in table.services() for server, _, _ in servers}
        return name in self._open and bool(there & {self._open[name].picked, self._open[name].picked.rsplit(":", 1)[0] + ":0"})

    def _close(self, event):
        self._open.pop(event["close"]).close(event.get("by", "client"))

    def _datagram(self, event):
        event["picked"], event["reply_from"] = datagram(self._network, self._servers, event["datagram"], self._target(event))
        if event["picked"] is None:
            del event["reply_from"]
            event["error"] = "no-answer"

    def _server(self, command, server, event):
        numbers = "".join(f" {option} {event[key]}" for option, key in (("-w", "weight"), ("-x", "upper"), ("-y", "lower")) if key in event)
        self._ipvsadm(f"{command} {self._scenario.option} -r {server}" + ("" if command == "-d" else f" -m{numbers}"), must=True)

    def _set_weight(self, event):
        self._server("-e", event["set_weight"], event)

    def _edit_server(self, event):
        self._server("-e", event["edit_server"], event)

    def _add_server(self, event):
        self._server("-a", event["add_server"], event)

    def _remove_server(self, event):
        self._server("-d", event["remove_server"], event)

    def _command(self, event):
        event["exit"] = self._ipvsadm(event["ipvsadm"])

    def _sysctl(self, event):
        self._network.enter("director")
        sysctl(event["sysctl"], event["value"])

    def _wait_seconds(self, event):
        time.sleep(event["wait_seconds"])

    def _templates(self, event):
        pass
