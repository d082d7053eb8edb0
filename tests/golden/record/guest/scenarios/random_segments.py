"""Random segments on a few connections, with changes of the table between them; the same seed is the same scenario."""

import random

from stage import Packets, record  # noqa: F401 (the guest plays with it)
from wire import tcp, udp

VIP, C = "192.0.2.100", "192.0.2.200"
SERVERS = ("10.0.0.50", "10.0.0.51")
CLIENT = (("S", 5), ("A", 6), ("PA", 6), ("FA", 3), ("R", 1), ("RA", 1))
SERVER = (("SA", 5), ("A", 4), ("PA", 6), ("FA", 3), ("R", 1), ("RA", 1))


class End:
    """The numbers of both ends of one client port, as two hosts would count them."""

    def __init__(self):
        self.client, self.server, self.answered = 1000, 5000, False

    def from_client(self, flags, old):
        """A SYN with news of its own, or an old one that comes late; nothing but a SYN or a reset until the server has answered."""
        if not self.answered and "R" not in flags:
            flags = "S"
        if flags == "S" and old:
            return flags, self.client - 1 - self.client % 1000, 0, b""
        if flags == "S":
            self.client += 100000
            self.server += 100000
            self.answered = False
        sequence, acknowledgement = self.client, self.server if "A" in flags else 0
        data = b"q" * 11 if "P" in flags else b""
        self.client += len(data) + ("S" in flags) + ("F" in flags)
        return flags, sequence, acknowledgement, data

    def from_server(self, flags):
        """A SYN/ACK or a reset comes first."""
        if "R" in flags and not self.answered:
            return flags, 0, self.client if "A" in flags else 0, b""
        if not self.answered:
            self.answered, sequence = True, self.server
            self.server += 1
            return "SA", sequence, self.client, b""
        flags = "A" if "S" in flags else flags
        data = b"a" * 23 if "P" in flags else b""
        sequence = self.server
        self.server += len(data) + ("F" in flags)
        return flags, sequence, self.client if "A" in flags else 0, data


def change(stage, dice, away):
    address = dice.choice(SERVERS)
    server = f"-t {VIP}:80 -r {address}:8080"
    if address in away:
        away.remove(address)
        stage.ipvsadm(f"-a {server} -m -w {dice.randint(0, 3)}")
    elif dice.random() < 0.4:
        away.add(address)
        stage.ipvsadm(f"-d {server}")
    else:
        stage.ipvsadm(f"-e {server} -m -w {dice.randint(0, 3)}")


class Service:
    """What becomes of a whole service between the segments; another one stays, or the kernel would translate nothing."""

    def __init__(self, scheduler, options):
        self._line, self._there = f"-t {VIP}:80 -s {scheduler}{options}", True

    def change(self, stage, dice, away):
        if not self._there:
            stage.ipvsadm(f"-A {self._line}")
            for server in SERVERS:
                stage.ipvsadm(f"-a -t {VIP}:80 -r {server}:8080 -m -w {dice.randint(0, 2)}")
            away.clear()
            self._there = True
        elif dice.random() < 0.3:
            stage.ipvsadm(f"-D -t {VIP}:80")
            self._there = False
        elif dice.random() < 0.5:
            stage.ipvsadm(f"-E -t {VIP}:80 -s {dice.choice(('rr', 'wrr', 'lc', 'wlc', 'sed', 'nq', 'sh', 'mh', 'dh', 'fo', 'ovf'))}{dice.choice(('', ' -p 40'))}")
        else:
            change(stage, dice, away)


def play(seed, length, changes, service=None, wait=0):
    def script(stage):
        dice, away = random.Random(seed), set()
        if wait:
            stage.wait(wait)
        ends = {port: End() for port in (40001, 40002, 40003)}
        for _ in range(length):
            if dice.random() < changes:
                (service.change if service else change)(stage, dice, away)
                continue
            port = dice.choice(sorted(ends))
            entry = next((c for c in stage.table() if c["client"] == f"{C}:{port}"), None)
            if entry is None and dice.random() < 0.8:
                flags, side = "S", "client"
            else:
                side = dice.choice(("client", "server"))
                flags = dice.choices(*zip(*(CLIENT if side == "client" else SERVER)))[0]
            if side == "client":
                flags, sequence, acknowledgement, data = ends[port].from_client(flags, entry is not None and entry["state"] in ("ESTABLISHED", "SYN_SENT"))
                packet = tcp(f"{C}:{port}", f"{VIP}:80", flags, sequence, acknowledgement, data)
            else:
                address = entry["server"].split(":")[0] if entry else dice.choice(SERVERS)
                flags, sequence, acknowledgement, data = ends[port].from_server(flags)
                packet = tcp(f"{address}:8080", f"{C}:{port}", flags, sequence, acknowledgement, data)
            stage.raw(f"{side}: {flags}", (side, packet))
            stage.connections()
    return script


def datagrams(seed, length):
    def script(stage):
        dice = random.Random(seed)
        for _ in range(length):
            port = dice.choice((40001, 40002, 40003, 40004))
            entry = next((c for c in stage.table() if c["client"] == f"{C}:{port}"), None)
            if entry and dice.random() < 0.5:
                stage.raw("server: a datagram", ("server", udp(f"{entry['server']}", f"{C}:{port}", b"a" * dice.randint(0, 40), zero=dice.random() < 0.2)))
            elif dice.random() < 0.15:
                server = f"-u {VIP}:53 -r {dice.choice(SERVERS)}:5353"
                stage.ipvsadm(f"-e {server} -m -w {dice.randint(0, 2)}")
            else:
                stage.raw("client: a datagram", ("client", udp(f"{C}:{port}", f"{VIP}:53", b"q" * dice.randint(0, 40), zero=dice.random() < 0.2)))
            stage.connections()
    return script


def scenarios():
    for seed in range(1, 8):
        scheduler = ("rr", "wlc", "sed", "sh")[seed % 4]
        setup = [f"-A -t {VIP}:80 -s {scheduler}" + (" -p 30" if seed % 3 == 0 else ""), *(f"-a -t {VIP}:80 -r {s}:8080 -m" for s in SERVERS)]
        sysctls = [None, {"net.ipv4.vs.expire_nodest_conn": 1}, {"net.ipv4.vs.conn_reuse_mode": 0}, {"net.ipv4.vs.expire_quiescent_template": 1}][seed // 2 % 4]
        yield Packets(f"raw_segments_seed{seed}", setup, play(seed, 60, 0.0 if seed < 3 else 0.12), "random segments on three connections",
            **({"sysctls": sysctls} if sysctls else {}))
    for seed in range(20, 33):
        scheduler = ("rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "mh", "dh", "fo", "ovf", "lblc", "lblcr")[seed % 13]
        options = ("", "", " -p 30", " -p 30 -M 255.255.255.0")[seed % 4]
        setup = [f"-A -t {VIP}:81 -s rr", f"-A -t {VIP}:80 -s {scheduler}{options}", *(f"-a -t {VIP}:80 -r {s}:8080 -m -w {1 + n}" for n,
            s in enumerate(SERVERS))]
        name, value = (("secure_tcp", 3), ("sloppy_tcp", 1), ("expire_nodest_conn", 1), ("conn_reuse_mode", 0), ("expire_quiescent_template", 1),
            ("nat_icmp_send", 1))[seed % 6]
        yield Packets(f"raw_services_seed{seed}", setup, play(seed, 60, 0.15, Service(scheduler, options), 2 if seed % 6 == 0 else 0),
            "random segments while the service changes", sysctls={f"net.ipv4.vs.{name}": value})
    for seed in range(1, 4):
        setup = [f"-A -u {VIP}:53 -s {('rr', 'wlc', 'wrr')[seed % 3]}" + (" -p 30" if seed == 3 else ""), *(f"-a -u {VIP}:53 -r {s}:5353 -m" for s in SERVERS)]
        yield Packets(f"raw_datagrams_seed{seed}", setup, datagrams(seed, 40), "random datagrams of four clients")
