"""Scenarios of schedulers/ and persistence/ out of seeds: the same seed is the same scenario."""

import random

import output
from events import Player, Scenario

VIP, VIP6, NET = "192.0.2.100", "[2001:db8::100]", "203.0.113.0/24"
SCHEDULERS = ("rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh")
FLAGS = {"sh": ([], ["sh-fallback"], ["sh-port"], ["sh-fallback", "sh-port"]), "mh": ([], ["mh-fallback"], ["mh-port"], ["mh-fallback", "mh-port"])}
WEIGHTS = ((1,), (0, 1, 2, 3), (1, 2, 4, 8), (3, 6, 9), (1, 5, 10, 50), (0, 1), (1, 100), (7, 11, 13), (65535, 1, 300), (2, 2, 2, 5))
BY_DESTINATION = ("dh", "lblc", "lblcr")


class Dice(random.Random):
    """Clients, weights and events of one scenario."""

    def __init__(self, name, six=False):
        super().__init__(name)
        self.six = six
        self._port = 40000
        self._used = []

    def client(self):
        if self._used and self.random() < 0.3:
            address = self.choice(self._used)
        elif self.six:
            address = self.choice((f"[2001:db8:2::{self.randint(1, 0xffff):x}]", f"[2001:db8:2::{self.randint(1, 9):x}:{self.randint(1, 0xffff):x}]"))
        else:
            address = self.choice((f"192.0.2.{self.randint(2, 98)}", f"198.51.100.{self.randint(1, 254)}"))
        self._used.append(address)
        self._port += self.choice((1, 1, 1, 17, 113))
        return f"{address}:{self._port}"

    def server(self, number, port):
        return f"[2001:db8:1::{number}]:{port}" if self.six else f"10.0.0.{number}:{port}"

    def limits(self, chance):
        if self.random() >= chance:
            return {}
        upper = self.randint(1, 6)
        return {"upper": upper, **({"lower": self.randint(1, upper)} if self.random() < 0.6 else {})}


def events(dice, servers, length, edits, targets=(), udp=False, limits=0.3, datagram_sources=None):
    """Opens, closes and changes; servers that were removed come back, sometimes with another weight."""
    now, away, opened, found = [s[0] for s in servers], [], [], []
    weights = sorted({s[1] for s in servers} | {0, 1, 3})
    for number in range(length):
        roll = dice.random()
        if roll < edits and now:
            kind = dice.choice(("set_weight", "set_weight", "edit_server", "remove_server", "add_server"))
            if kind == "add_server" and away:
                server = away.pop(dice.randrange(len(away)))
                now.append(server)
                found.append({"add_server": server, "weight": dice.choice(weights), **dice.limits(limits)})
            elif kind == "remove_server" and len(now) > 1:
                server = now.pop(dice.randrange(len(now)))
                away.append(server)
                found.append({"remove_server": server})
            elif kind == "edit_server":
                found.append({"edit_server": dice.choice(now), "weight": dice.choice(weights), **dice.limits(0.8)})
            else:
                found.append({"set_weight": dice.choice(now), "weight": dice.choice(weights)})
        elif not udp and roll < edits + 0.25 and opened:
            found.append({"close": opened.pop(dice.randrange(len(opened))), **dice.choice(({}, {"by": "server"}, {"by": "client-rst"}))})
        else:
            source = dice.choice(datagram_sources) if datagram_sources and dice.random() < 0.5 else dice.client()
            one = {"datagram": source} if udp else {"open": f"c{number + 1}", "from": source}
            if targets:
                one["to"] = dice.choice(targets)
            found.append(one)
            opened.append(f"c{number + 1}")
    return found


def pool(dice, port, smallest=2, largest=7, weights=None, limits=0.0):
    several = dice.sample(range(2, 10), dice.randint(smallest, largest))
    chosen = weights or dice.choice(WEIGHTS)
    found = []
    for number in several:
        limit = dice.limits(limits)
        found.append((dice.server(number, port), dice.choice(chosen), limit.get("upper", 0), limit.get("lower", 0)))
    return found


def plain(scheduler, seed, six=False):
    name = f"{scheduler}_seed{seed}" + ("_ipv6" if six else "")
    dice = Dice(name, six)
    flags = dice.choice(FLAGS.get(scheduler, ([],)))
    port = dice.choice((80, 80, 8080, 443))
    servers = pool(dice, port, limits=dice.choice((0.0, 0.0, 0.3)))
    more = {"flags": flags}
    targets, service = (), f"{VIP6 if six else VIP}:80"
    if scheduler in BY_DESTINATION and not six and dice.random() < 0.8:
        service, more["mark"] = "fwmark 7", (NET, 7)
        targets = [f"203.0.113.{n}:{port}" for n in dice.sample(range(1, 255), dice.randint(3, 14))]
    found = events(dice, servers, dice.randint(30, 55), dice.choice((0.0, 0.15, 0.25, 0.35)), targets)
    return Scenario(name, f"seed {seed}: {len(servers)} servers, opens, closes and changes as they fall", service, scheduler, servers, found, **more)


def changing(seed):
    """The scheduler of a service is changed while it works."""
    dice = Dice(f"change_{seed}")
    servers = pool(dice, 80)
    found = events(dice, servers, 50, 0.15)
    first = dice.choice(SCHEDULERS)
    for place in sorted(dice.sample(range(5, 50), 4), reverse=True):
        scheduler = dice.choice(SCHEDULERS)
        flags = ",".join(dice.choice(FLAGS.get(scheduler, ([],))))
        found.insert(place, {"ipvsadm": f"-E -t {VIP}:80 -s {scheduler}" + (f" -b {flags}" if flags else "")})
    return Scenario(f"change_seed{seed}", "ipvsadm -E gives the service another scheduler", f"{VIP}:80", first, servers, found)


def datagrams(scheduler, seed, ops=False, six=False):
    name = f"udp_{scheduler}{'_ops' if ops else ''}_seed{seed}" + ("_ipv6" if six else "")
    dice = Dice(name, six)
    servers = pool(dice, 53, limits=dice.choice((0.0, 0.3)))
    sources = [dice.client() for _ in range(4)]
    flags = dice.choice(FLAGS.get(scheduler, ([],)))
    found = events(dice, servers, 24, dice.choice((0.0, 0.2)), udp=True, datagram_sources=sources)
    return Scenario(name, "datagrams, some from the same source" + (", one-packet scheduling" if ops else ""), f"{VIP6 if six else VIP}:53", scheduler,
                    servers, found, protocol="udp", flags=flags, **({"one_packet": True} if ops else {}))


def reused(seed):
    """Source ports that come back: conn_reuse_mode."""
    dice = Dice(f"reuse_{seed}")
    scheduler, mode = dice.choice(("rr", "wrr", "wlc", "lc", "sh")), dice.choice((0, 1, 2, 3))
    servers = pool(dice, 80, 3, 5)
    sources = [dice.client() for _ in range(3)]
    found, taken = [], {}
    for number in range(30):
        source = dice.choice(sources)
        if source in taken:
            found.append({"close": taken.pop(source), "by": dice.choice(("client", "server", "client-rst"))})
        else:
            taken[source] = f"c{number}"
            found.append({"open": f"c{number}", "from": source})
    return Scenario(f"reuse_seed{seed}", f"source ports that come back, conn_reuse_mode {mode}", f"{VIP}:80", scheduler, servers, found,
                    sysctls={"net.ipv4.vs.conn_reuse_mode": mode})


def persistent(seed, six=False):
    name = f"persistent_seed{seed}" + ("_ipv6" if six else "")
    dice = Dice(name, six)
    kind = dice.choice(("plain", "plain", "port zero", "fwmark", "udp")) if not six else dice.choice(("plain", "port zero"))
    scheduler = dice.choice(SCHEDULERS)
    masks = ("", " -M 64", " -M 112", " -M 96") if six else ("", " -M 255.255.255.0", " -M 255.255.255.240", " -M 255.255.0.0", " -M 255.255.255.254")
    persistence = f"-p {dice.choice((60, 120, 300, 3000))}{dice.choice(masks)}"
    more = {"persistent": persistence, "flags": dice.choice(FLAGS.get(scheduler, ([],)))}
    vip, targets = VIP6 if six else VIP, ()
    port = 0 if kind in ("port zero", "fwmark") else dice.choice((80, 8080))
    service = f"{vip}:80"
    if kind == "port zero":
        service, targets = f"{vip}:0", [f"{vip}:{p}" for p in (80, 443, 8080)]
    elif kind == "fwmark":
        service, more["mark"], targets = "fwmark 7", (NET, 7), [f"203.0.113.{n}:{p}" for n in (5, 6, 200) for p in (80, 443)]
    elif kind == "udp":
        more["protocol"] = "udp"
    if dice.random() < 0.3:
        more["sysctls"] = {dice.choice(("net.ipv4.vs.expire_quiescent_template", "net.ipv4.vs.expire_nodest_conn")): 1}
    servers = pool(dice, port)
    found = events(dice, servers, dice.randint(25, 40), dice.choice((0.0, 0.15, 0.3)), targets, udp=kind == "udp")
    for place in sorted(dice.sample(range(4, len(found)), 3), reverse=True):
        found.insert(place, {"templates": []})
    if dice.random() < 0.3 and kind != "fwmark":
        option = "-u" if kind == "udp" else "-t"
        found.insert(len(found) // 2, {"ipvsadm": f"-E {option} {service} -s {dice.choice(SCHEDULERS)} -p {dice.choice((90, 600))}"})
    return Scenario(name, f"{kind}: templates under opens, closes and changes as they fall", service, scheduler, servers, found + [{"templates": []}], **more)


def scenarios(seeds=range(1, 5)):
    for seed in seeds:
        for scheduler in SCHEDULERS:
            yield plain(scheduler, seed)
        for scheduler in ("rr", "wrr", "wlc", "sh", "mh"):
            yield datagrams(scheduler, seed, ops=True)
        for number in range(4):
            yield persistent(seed * 10 + number)
            yield changing(seed * 10 + number)
        yield reused(seed * 2)
        yield reused(seed * 2 + 1)
        yield datagrams(SCHEDULERS[seed * 3 % len(SCHEDULERS)], seed)
        yield datagrams(SCHEDULERS[(seed * 3 - 1) % len(SCHEDULERS)], seed, six=True)
        yield persistent(seed, six=True)
        for scheduler in SCHEDULERS[(seed - 1) % 4::4]:
            yield plain(scheduler, seed, six=True)


def record(network, scenario):
    head, done = Player(network, scenario).play()
    output.write(f"/work/records/{scenario.kind}", head, "events", done)
