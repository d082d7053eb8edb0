"""Scenarios of packets/ without FTP: ICMP, resets, half-open and reused connections, services of odd kinds, UDP."""

from stage import Packets, record  # noqa: F401 (the guest plays with it)
from wire import icmp, tcp, udp

VIP, C, S, T = "192.0.2.100", "192.0.2.200", "10.0.0.50", "10.0.0.51"
TWO = [f"-A -t {VIP}:80 -s rr", f"-a -t {VIP}:80 -r {S}:8080 -m", f"-a -t {VIP}:80 -r {T}:8080 -m"]
ONE = TWO[:2]
DNS = [f"-A -u {VIP}:53 -s rr", f"-a -u {VIP}:53 -r {S}:5353 -m"]
MSS = b"\2\4\5\xb4"


def client(port, flags, sequence=1000, acknowledgement=0, data=b"", virtual=80, **more):
    return "client", tcp(f"{C}:{port}", f"{VIP}:{virtual}", flags, sequence, acknowledgement, data, **more)


def server(port, flags, sequence=5000, acknowledgement=1001, data=b"", address=S, own=8080, **more):
    return "server", tcp(f"{address}:{own}", f"{C}:{port}", flags, sequence, acknowledgement, data, **more)


def opened(stage, port, address=S, own=8080, virtual=80):
    stage.raw("client: SYN", client(port, "S", options=MSS, virtual=virtual))
    stage.raw("server: SYN/ACK", server(port, "SA", address=address, own=own, options=MSS))
    stage.raw("client: ACK", client(port, "A", 1001, 5001, virtual=virtual))


def resets(stage):
    for number, (text, packets) in enumerate({
        "server refuses": lambda p: [server(p, "RA", 0, 1001)],
        "client gives up": lambda p: [client(p, "R", 1001)],
        "client gives up with an ACK": lambda p: [client(p, "RA", 1001, 0)],
        "server resets without ACK": lambda p: [server(p, "R", 0, 0)],
    }.items()):
        port = 40001 + number
        address = (T, S)[number % 2]
        stage.raw("client: SYN", client(port, "S"))
        stage.raw(text, *[(side, packet) if side == "client" or address == S else server(port, "RA" if "refuses" in text else "R", 0,
            1001 if "refuses" in text else 0, address=T) for side, packet in packets(port)])
        stage.connections()


def established_resets(stage):
    for number, (text, make) in enumerate([
        ("client resets in order", lambda p: client(p, "R", 1001)),
        ("client resets with an ACK", lambda p: client(p, "RA", 1001, 5001)),
        ("server resets in order", lambda p: server(p, "R", 5001, 0)),
        ("server resets with an ACK", lambda p: server(p, "RA", 5001, 1001)),
    ]):
        port = 41001 + number
        opened(stage, port)
        stage.raw(text, make(port))
        stage.connections()
        stage.raw("client: data behind the reset", client(port, "PA", 1001, 5001, b"late"))
        stage.raw("server: data behind the reset", server(port, "PA", 5001, 1001, b"late"))
    stage.connections()


def closes(stage):
    for number, order in enumerate(("cs", "sc", "c", "s")):
        port = 42001 + number
        opened(stage, port)
        sent = {"c": 1001, "s": 5001}
        for who in order:
            if who == "c":
                stage.raw("client: FIN", client(port, "FA", sent["c"], sent["s"]))
                sent["c"] += 1
                stage.raw("server: ACK", server(port, "A", sent["s"], sent["c"]))
            else:
                stage.raw("server: FIN", server(port, "FA", sent["s"], sent["c"]))
                sent["s"] += 1
                stage.raw("client: ACK", client(port, "A", sent["c"], sent["s"]))
            stage.connections()
        stage.raw("server: data all the same", server(port, "PA", sent["s"], sent["c"], b"more"))
        stage.connections()


def simultaneous_close(stage):
    opened(stage, 43001)
    stage.raw("both send FIN", client(43001, "FA", 1001, 5001), server(43001, "FA", 5001, 1001))
    stage.connections()
    stage.raw("both acknowledge", client(43001, "A", 1002, 5002), server(43001, "A", 5002, 1002))
    stage.connections()


def reuse(stage):
    """The same source port in every state: does a new SYN find the old server, with a higher and a lower sequence number?"""
    for number, (text, steps) in enumerate([
        ("half open", []),
        ("established", [("sa",), ("a",)]),
        ("closed by the client alone", [("sa",), ("a",), ("cf",)]),
        ("closed by the server alone", [("sa",), ("a",), ("sf",)]),
        ("closed by both", [("sa",), ("a",), ("cf",), ("sf",)]),
        ("reset", [("sa",), ("a",), ("cr",)]),
    ]):
        for second, sequence in enumerate((900000, 500)):
            port = 44001 + 2 * number + second
            stage.raw("client: SYN", client(port, "S"))
            stage.connections()
            at = stage.rows[-1]["connections"]
            address = next(c["server"] for c in at if c["client"] == f"{C}:{port}").split(":")[0]
            for (what,) in steps:
                packet = {"sa": lambda: server(port, "SA", address=address), "a": lambda: client(port, "A", 1001, 5001), "cf": lambda: client(port, "FA",
                    1001, 5001),
                          "sf": lambda: server(port, "FA", 5001, 1002, address=address), "cr": lambda: client(port, "R", 1001)}[what]()
                stage.raw({"sa": "server: SYN/ACK", "a": "client: ACK", "cf": "client: FIN", "sf": "server: FIN", "cr": "client: RST"}[what], packet)
            stage.raw(f"{text}: SYN with a {'higher' if sequence > 1000 else 'lower'} number from the same port", client(port, "S", sequence))
            stage.connections()


def reuse_persistent(stage):
    """The same source port of a client whose template stands, while its server changes."""
    change = {
        "nothing changes": [], "its server is quiesced": [f"-e -t {VIP}:80 -r {S}:8080 -m -w 0", f"-e -t {VIP}:80 -r {T}:8080 -m -w 1"],
        "the other one is quiesced": [f"-e -t {VIP}:80 -r {T}:8080 -m -w 0", f"-e -t {VIP}:80 -r {S}:8080 -m -w 1"],
        "the service is not persistent any more": [f"-E -t {VIP}:80 -s rr"],
        "its server is deleted": [f"-d -t {VIP}:80 -r {T}:8080"],
    }
    for number, (text, commands) in enumerate(change.items()):
        for second, ending in enumerate(("R", "FA")):
            port = 57001 + 2 * number + second
            stage.raw("client: SYN", client(port, "S"))
            address = next(c["server"] for c in stage.table() if c["client"] == f"{C}:{port}").split(":")[0]
            stage.raw("server: SYN/ACK", server(port, "SA", address=address))
            stage.raw("client: ACK", client(port, "A", 1001, 5001))
            stage.raw(f"client: {ending}", client(port, ending, 1001, 5001 if "A" in ending else 0))
            if ending == "FA":
                stage.raw("server: FIN", server(port, "FA", 5001, 1002, address=address))
            stage.connections()
        for command in commands:
            stage.ipvsadm(command)
        for second in (0, 1):
            stage.raw(f"{text}: SYN from the same port", client(57001 + 2 * number + second, "S", 900000))
            stage.connections()
        stage.raw(f"{text}: SYN from another port", client(57101 + number, "S", 900000))
        stage.connections()


def half_open(stage):
    stage.raw("client: SYN", client(45001, "S", options=MSS))
    stage.raw("client: the same SYN again", client(45001, "S", options=MSS))
    stage.raw("server: SYN/ACK", server(45001, "SA"))
    stage.raw("server: the same SYN/ACK again", server(45001, "SA"))
    stage.connections()
    stage.raw("client: data at once with the ACK", client(45001, "PA", 1001, 5001, b"GET /\r\n"))
    stage.connections()
    stage.raw("client: SYN with data", client(45002, "S", 1000, 0, b"early"))
    stage.raw("client: data before any SYN/ACK", client(45002, "PA", 1006, 0, b"more"))
    stage.connections()
    stage.raw("client: SYN+FIN", client(45003, "SF"))
    stage.raw("client: no flags", client(45004, ""))
    stage.raw("client: FIN, PSH, URG", client(45005, "FPU"))
    stage.raw("client: SYN+RST", client(45006, "SR"))
    stage.connections()
    stage.raw("server: a SYN of its own from the service's port", server(45007, "S", 1, 0))
    stage.connections()


def in_established(stage):
    """Segments that belong to nobody's plan in an established connection."""
    opened(stage, 46001)
    for text, packet in (
        ("client: SYN", client(46001, "S", 1500)), ("server: SYN/ACK again", server(46001, "SA")), ("client: keep-alive", client(46001, "A", 1000, 5001)),
        ("client: no flags", client(46001, "", 1001)), ("client: URG", client(46001, "PAU", 1001, 5001, b"!")), ("client: a bad checksum", client(46001,
        "PA", 1002, 5001, b"bad", bad=True)),
        ("server: a bad checksum", server(46001, "PA", 5001, 1002, b"bad", bad=True)), ("server: zero window", server(46001, "A", 5001, 1002, window=0)),
        ("client: TOS and don't fragment off", client(46001, "PA", 1002, 5001, b"x", tos=0xB8, fragment=0, ident=77)),
        ("client: IP options", client(46001, "PA", 1003, 5001, b"y", **{"ident": 78})),
    ):
        stage.raw(text, packet)
    stage.connections()


ERRORS = [(3, code) for code in (0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13, 15)] + [(4, 0), (11, 0), (11, 1), (12, 0), (12, 1)]


def icmp_from_server(stage):
    opened(stage, 47001)
    stage.raw("client: data", client(47001, "PA", 1001, 5001, b"0123456789"))
    seen = tcp(f"{C}:47001", f"{S}:8080", "PA", 1001, 5001, b"0123456789", ttl=63)
    for kind, code in ERRORS:
        stage.raw(f"server: type {kind} code {code} about the data", ("server", icmp(S, C, kind, code, seen[:28], rest=1400 if (kind, code) == (3, 4) else 0)))
    stage.raw("another host of the servers' side: time exceeded", ("server", icmp("10.0.0.9", C, 11, 0, seen[:28])))
    stage.raw("the whole packet quoted", ("server", icmp(S, C, 3, 1, seen)))
    stage.raw("a bad ICMP checksum", ("server", icmp(S, C, 3, 1, seen, bad=True)))
    stage.raw("four bytes of TCP quoted", ("server", icmp(S, C, 3, 1, seen[:24])))
    stage.raw("seven bytes of TCP quoted", ("server", icmp(S, C, 3, 1, seen[:27])))
    stage.raw("another port quoted", ("server", icmp(S, C, 3, 1, tcp(f"{C}:47001", f"{S}:8081", "A", 1, 1)[:28])))
    stage.raw("information of another type (10)", ("server", icmp(S, C, 10, 0, seen[:28])))
    stage.connections()


def icmp_from_client(stage):
    opened(stage, 48001)
    stage.raw("server: data", server(48001, "PA", 5001, 1001, b"0123456789"))
    seen = tcp(f"{VIP}:80", f"{C}:48001", "PA", 5001, 1001, b"0123456789", ttl=63)
    for kind, code in ERRORS:
        stage.raw(f"client: type {kind} code {code} about the data", ("client", icmp(C, VIP, kind, code, seen[:28], rest=1400 if (kind, code) == (3,
            4) else 0)))
    stage.raw("a router on the way: time exceeded", ("client", icmp("192.0.2.77", VIP, 11, 0, seen[:28])))
    stage.raw("the whole packet quoted", ("client", icmp(C, VIP, 3, 1, seen)))
    stage.raw("a bad ICMP checksum", ("client", icmp(C, VIP, 3, 1, seen, bad=True)))
    stage.raw("seven bytes of TCP quoted", ("client", icmp(C, VIP, 3, 1, seen[:27])))
    stage.raw("another port quoted", ("client", icmp(C, VIP, 3, 1, tcp(f"{VIP}:81", f"{C}:48001", "A", 1, 1)[:28])))
    stage.connections()


def icmp_udp(stage):
    stage.raw("client: a datagram", ("client", udp(f"{C}:49001", f"{VIP}:53", b"question")))
    stage.raw("server: the answer", ("server", udp(f"{S}:5353", f"{C}:49001", b"answer")))
    to_server = udp(f"{C}:49001", f"{S}:5353", b"question", ttl=63)
    to_client = udp(f"{VIP}:53", f"{C}:49001", b"answer", ttl=63)
    for kind, code in ERRORS[:6] + ERRORS[-4:]:
        stage.raw(f"server: type {kind} code {code}", ("server", icmp(S, C, kind, code, to_server)))
        stage.raw(f"client: type {kind} code {code}", ("client", icmp(C, VIP, kind, code, to_client)))
    stage.raw("server: a quote without UDP checksum", ("server", icmp(S, C, 3, 3, udp(f"{C}:49001", f"{S}:5353", b"question", zero=True, ttl=63))))
    stage.connections()


def udp_edges(stage):
    for number, size in enumerate((0, 1, 2, 7, 511, 1472)):
        stage.raw(f"client: {size} bytes", ("client", udp(f"{C}:{50001 + number}", f"{VIP}:53", b"u" * size)))
        stage.raw(f"server: {size} bytes", ("server", udp(f"{S}:5353", f"{C}:{50001 + number}", b"v" * size)))
    stage.raw("client: without checksum", ("client", udp(f"{C}:50010", f"{VIP}:53", b"none", zero=True)))
    stage.raw("server: without checksum", ("server", udp(f"{S}:5353", f"{C}:50010", b"none", zero=True)))
    stage.raw("client: a bad checksum", ("client", udp(f"{C}:50011", f"{VIP}:53", b"bad", bad=True)))
    stage.raw("server: a bad checksum", ("server", udp(f"{S}:5353", f"{C}:50011", b"bad", bad=True)))
    stage.raw("server: to a port that asked nothing", ("server", udp(f"{S}:5353", f"{C}:50099", b"hello")))
    stage.raw("server: from another port to one that asked", ("server", udp(f"{S}:5354", f"{C}:50010", b"hello")))
    stage.connections()


def no_server(stage):
    syn, ask = client(51001, "S"), ("client", udp(f"{C}:51002", f"{VIP}:53", b"hello"))
    stage.raw("SYN, a service without servers", syn)
    stage.raw("datagram, a service without servers", ask)
    for command in (f"-a -t {VIP}:80 -r {S}:8080 -m -x 1", f"-a -u {VIP}:53 -r {S}:5353 -m -x 1"):
        stage.ipvsadm(command)
    stage.raw("SYN", syn)
    stage.raw("datagram", ask)
    stage.raw("SYN, the server has enough", client(51003, "S"))
    stage.raw("datagram, the server has enough", ("client", udp(f"{C}:51004", f"{VIP}:53", b"hello")))
    stage.connections()
    for command in (f"-e -t {VIP}:80 -r {S}:8080 -m -w 0", f"-e -u {VIP}:53 -r {S}:5353 -m -w 0"):
        stage.ipvsadm(command)
    stage.raw("the open connection goes on", server(51001, "SA"))
    stage.raw("a new one is refused", client(51005, "S"))
    stage.raw("a big datagram is refused", ("client", udp(f"{C}:51006", f"{VIP}:53", b"z" * 1400)))
    stage.raw("the datagram's flow goes on", ask)
    stage.connections()


def sloppy(stage):
    for flags in ("A", "PA", "FA", "R", "RA", "SA"):
        stage.raw(f"sloppy_tcp 0: stray {flags}", client(52001, flags, 100, 200))
    stage.sysctl("net.ipv4.vs.sloppy_tcp", 1)
    for number, flags in enumerate(("A", "PA", "FA", "R", "RA")):
        stage.raw(f"sloppy_tcp 1: stray {flags}", client(52011 + number, flags, 100, 200))
        stage.connections()


def nat_icmp_send(stage):
    for value in (0, 1):
        stage.sysctl("net.ipv4.vs.nat_icmp_send", value)
        for flags in ("S", "SA", "A", "PA", "FA", "R", "RA"):
            stage.raw(f"server: {flags} to a client that has no connection", server(53001, flags, 100, 200))
        stage.raw("server: from a port that is no server's", server(53001, "A", 100, 200, own=8081))
        stage.raw("server: a datagram to a client that has no connection", ("server", udp(f"{S}:5353", f"{C}:53002", b"hello")))


def port_zero(stage):
    for number, port in enumerate((80, 443, 8080)):
        stage.raw(f"client: SYN to port {port}", client(54001 + number, "S", virtual=port))
        stage.raw("server: SYN/ACK", server(54001 + number, "SA", own=port))
        stage.raw("client: ACK", client(54001 + number, "A", 1001, 5001, virtual=port))
    stage.connections()
    stage.raw("client: a datagram to a port-0 service of TCP", ("client", udp(f"{C}:54010", f"{VIP}:80", b"hello")))


def one_packet(stage):
    for number in range(3):
        stage.raw("client: a datagram", ("client", udp(f"{C}:55001", f"{VIP}:53", b"question %d" % number)))
    stage.connections()


def deleted(stage):
    opened(stage, 56001)
    stage.ipvsadm(f"-d -t {VIP}:80 -r {S}:8080")
    stage.raw("client: data", client(56001, "PA", 1001, 5001, b"x"))
    stage.raw("server: data", server(56001, "PA", 5001, 1001, b"y"))
    stage.raw("client: a new SYN from the same port", client(56001, "S", 9000))
    stage.raw("client: a new SYN from another port", client(56002, "S", 9000))
    stage.connections()
    stage.ipvsadm(f"-a -t {VIP}:80 -r {S}:8080 -m -w 3")
    stage.raw("client: data", client(56001, "PA", 1002, 5002, b"x"))
    stage.raw("client: RST", client(56001, "R", 1003))
    stage.connections()
    stage.ipvsadm(f"-E -t {VIP}:80 -s wlc")
    stage.raw("client: a SYN for the other scheduler", client(56003, "S", 9000))
    stage.connections()


def scenarios():
    for name, setup, script, note, more in (
        ("raw_resets_half_open", TWO, resets, "resets of half-open connections", {}),
        ("raw_resets_established", ONE, established_resets, "resets of established connections and what follows them", {}),
        ("raw_closes", ONE, closes, "connections closed by either side, by both in either order", {}),
        ("raw_simultaneous_close", ONE, simultaneous_close, "both ends close at the same time", {}),
        ("raw_reuse_mode1", TWO, reuse, "a new SYN from the same port, in every state; conn_reuse_mode 1", {}),
        ("raw_reuse_mode0", TWO, reuse, "the same with conn_reuse_mode 0", {"sysctls": {"net.ipv4.vs.conn_reuse_mode": 0}}),
        *((f"raw_reuse_persistent_{name}", [TWO[0] + " -p 30", *TWO[1:]], reuse_persistent,
        f"a new SYN from the same port of a persistent client; {name} 1", {"sysctls": {f"net.ipv4.vs.{name}": 1}})
          for name in ("conn_reuse_mode", "expire_nodest_conn", "expire_quiescent_template")),
        ("raw_half_open", ONE, half_open, "opening with repetitions, data and odd flags", {}),
        ("raw_in_established", ONE, in_established, "odd segments in an established connection", {}),
        ("raw_icmp_from_server", ONE, icmp_from_server, "ICMP errors of every kind from the servers' side", {}),
        ("raw_icmp_from_client", ONE, icmp_from_client, "ICMP errors of every kind from the clients' side", {}),
        ("raw_icmp_udp", DNS, icmp_udp, "ICMP errors about UDP", {}),
        ("raw_udp_edges", DNS, udp_edges, "sizes and checksums of UDP", {}),
        ("raw_no_server", [TWO[0], DNS[0]], no_server, "no server, a full one, a quiesced one", {}),
        ("raw_sloppy_tcp", ONE, sloppy, "stray segments with and without sloppy_tcp", {}),
        ("raw_nat_icmp_send", ONE + DNS, nat_icmp_send, "stray packets of a server with and without nat_icmp_send", {}),
        ("raw_port_zero", [f"-A -t {VIP}:0 -s rr -p 60", f"-a -t {VIP}:0 -r {S}:0 -m"], port_zero, "a service of all ports", {}),
        ("raw_udp_one_packet", [f"-A -u {VIP}:53 -s rr -o", f"-a -u {VIP}:53 -r {S}:5353 -m", f"-a -u {VIP}:53 -r {T}:5353 -m"], one_packet,
        "one-packet scheduling: the requests", {}),
        ("raw_server_deleted", ONE, deleted, "a server that goes and comes back, a scheduler that changes", {}),
        ("raw_server_deleted_expire_nodest", ONE, deleted, "the same with expire_nodest_conn 1", {"sysctls": {"net.ipv4.vs.expire_nodest_conn": 1}}),
    ):
        yield Packets(name, setup, script, note, **more)
