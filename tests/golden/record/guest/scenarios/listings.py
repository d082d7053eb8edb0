"""Scenarios of ipvsadm/: odd values, listings of many kinds of services, saving and restoring, statistics after a little traffic."""

from lines import Commands, record  # noqa: F401 (the guest plays with it)
from scenarios.letters import BASE

VIP = "192.0.2.100"
NUMBERS = ("0", "1", "-1", "+1", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "0x10", "010", "1e3", "1.5", "1x", "x", "''",
    "99999999999999999999")
ADDRESSES = ("192.0.2.100:80", "192.0.2.100", "192.0.2.100:", ":80", "192.0.2.100:http", "192.0.2.100:https", "192.0.2.100:nosuch", "192.0.2.100:0",
    "192.0.2.100:65535",
             "192.0.2.100:65536", "192.0.2.100:-1", "192.0.2.100:+80", "192.0.2.100:080", "192.0.2.100:0x50", "192.0.2:80", "192.0.2.256:80", "0.0.0.0:80",
                 "255.255.255.255:80",
             "224.0.0.1:80", "127.0.0.1:80", "localhost:80", "localhost", "nosuch.invalid:80", "3221226084:80", "192.0.2.100:80:80", "[192.0.2.100]:80",
             "[2001:db8::1]:80", "[2001:db8::1]",
             "[2001:db8::1]:http", "[2001:db8::1]:0", "[2001:db8::1:80", "2001:db8::1", "[::]:80", "[::1]:80", "[ff02::1]:80", "[2001:DB8:0:0::1]:80",
             "[::ffff:10.0.0.1]:80", "[fe80::1%lo]:80")
MASKS = ("255.255.255.255", "255.255.255.0", "255.255.255.240", "255.0.0.0", "128.0.0.0", "0.0.0.0", "255.0.255.0", "255.255.255.254", "24", "32", "0",
    "33", "255.255.255", "x", "::", "64")
SCHEDULERS = ("rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "RR", "none", "nosuch", "rrr", "w", "x" * 15,
    "x" * 16, "x" * 40)
FLAGS = ("flag-1", "flag-2", "flag-3", "sh-fallback", "sh-port", "mh-fallback", "mh-port", "sh-fallback,sh-port", "flag-1,flag-2", "flag-1,flag-2,flag-3",
    "flag-4", "", "sh-port,", "sh-port,sh-port",
         "flag-1|flag-2", "SH-PORT", "none", "sh-fallback,flag-2", "mh-port,sh-port", "1")


def values():
    yield Commands("values_weight", [f"-a -t {VIP}:80 -r 10.0.0.4:80 -m -w {n}" for n in NUMBERS]
                   + [f"-e -t {VIP}:80 -r 10.0.0.2:80 -m -w {n}" for n in NUMBERS], BASE, "weights")
    yield Commands("values_thresholds", [f"-a -t {VIP}:80 -r 10.0.0.4:80 -m -{o} {n}" for o in "xy" for n in NUMBERS]
                   + [f"-a -t {VIP}:80 -r 10.0.0.4:80 -m -x {x} -y {y}" for x, y in ((5, 3), (5, 5), (5, 6), (0, 5), (65535, 65535))],
                   BASE, "thresholds")
    yield Commands("values_persistence", [f"-A -t {VIP}:81 -s rr -p {n}" for n in (*NUMBERS, "300", "360", "31536000", "2678400",
        "1 -p 2")] + [f"-A -t {VIP}:81 -s rr -p{n}" for n in ("", "5", "=5")], BASE, "persistence time-outs")
    yield Commands("values_netmask", [f"-A -t {VIP}:81 -s rr -p 60 -M {m}" for m in MASKS] + [f"-A -t [2001:db8::1]:81 -s rr -p 60 -M {m}" for m in ("0",
        "1", "64", "127", "128", "129", "-1", "x", "255.255.255.0", "ffff::")], BASE, "netmasks")
    yield Commands("values_mark", [f"-A -f {n} -s rr" for n in NUMBERS] + [f"-A -f {n} -6 -s rr" for n in NUMBERS[:6]] + ["-A -f 7:80 -s rr",
        "-A -6 -f 7 -s rr", "-A -f 7 -6 -6 -s rr"], BASE, "firewall marks")
    yield Commands("values_service_address", [f"-A -t {a} -s rr" for a in ADDRESSES] + [f"-A -u {a} -s rr -p 50" for a in ADDRESSES[:12]], BASE,
        "addresses of services")
    yield Commands("values_server_address", [f"-a -t {VIP}:80 -r {a} -m" for a in ADDRESSES], BASE, "addresses of servers")
    yield Commands("values_server_of_mark", [f"-a -f 5 -r {a} -m" for a in ADDRESSES[:14]] + [f"-a -f 5 -r {a} {m}" for a in ("10.0.0.9:90",
        "10.0.0.9") for m in ("-g", "-i")], [*BASE, "-A -f 5 -s rr"], "servers of a firewall mark")
    yield Commands("values_scheduler", [f"-A -t {VIP}:81 -s {s}" for s in SCHEDULERS] + [f"-E -t {VIP}:80 -s {s}" for s in SCHEDULERS], BASE, "schedulers")
    yield Commands("values_flags", [f"-A -t {VIP}:81 -s {s} -b {f}" for s in ("sh", "mh", "rr") for f in FLAGS], BASE, "flags of schedulers")
    yield Commands("values_set", [f"--set {a} {b} {c}" for a, b, c in (("1", "1", "1"), ("0", "0", "0"), ("2147483", "1", "1"), ("2147484", "1", "1"),
        ("1", "2147484", "1"), ("1", "1", "2147484"), ("4294967296", "1", "1"), ("-1", "-1", "-1"), ("x", "1", "1"), ("1", "x", "1"))]
                   + [f"--set 1 2 3 {o}" for o in ("-n", "-t 192.0.2.100:80", "-4")] + ["--set 1", "--set 1 2"], BASE, "time-outs")
    yield Commands("values_spelling", [
        f"--add-service --tcp-service {VIP}:81 --scheduler rr", f"--add-service --tcp-service={VIP}:81 --scheduler=rr", f"-A -t{VIP}:81 -srr",
            f"-At {VIP}:81 -s rr", f"-Ats {VIP}:81 rr",
        f"--add-serv -t {VIP}:81", f"--add -t {VIP}:81", f"--edit-service -t {VIP}:80 --scheduler wlc --persistent 5 --netmask 255.255.0.0",
        f"--edit-service -t {VIP}:80 --persistent=5",
        f"--add-server -t {VIP}:80 --real-server 10.0.0.5:80 --masquerading --weight 5 --u-threshold 9 --l-threshold 3",
        f"--edit-server -t {VIP}:80 --real-server 10.0.0.2:80 --gatewaying",
        f"--delete-server -t {VIP}:80 --real-server 10.0.0.2:80", f"--delete-service --udp-service {VIP}:53", "--clear", "--list",
        "--list --numeric --sort", "--zero", "--save", "-Ln", "-lnc", "-Lnt 192.0.2.100:80",
        "-LnZ", "-Cn", "-Z -n", "-Zt 192.0.2.100:80", "-L --", "-- -L", "-", "--", "-L -", "--version", "-v", "-V", "-q", "--help", "help", "-A", "-a",
        "-d", "-D", "-E", "-e", f"-a -t {VIP}:80", f"-d -t {VIP}:80", "-A -s rr",
        f"-A -t {VIP}:81 -s", "-A -t", f"-a -t {VIP}:80 -r", f"-a -t {VIP}:80 -r 10.0.0.9 -w", f"-A -t {VIP}:81 -p 5 -s rr", f"-A -u {VIP}:81 --ops -s rr",
        f"-A -f 9 --ops -s rr", f"-A -f 9 -o -s rr -p 9",
        f"-E -u {VIP}:53 -s rr -o", f"-E -u {VIP}:53", f"-E -t {VIP}:99 -s rr", f"-D -t {VIP}:99", f"-a -t {VIP}:99 -r 10.0.0.2:80 -m",
        f"-e -t {VIP}:99 -r 10.0.0.2:80 -m", f"-d -t {VIP}:99 -r 10.0.0.2:80",
        f"-e -t {VIP}:80 -r 10.0.0.99:80 -m", f"-d -t {VIP}:80 -r 10.0.0.99:80", f"-a -t {VIP}:80 -r 10.0.0.2:80 -m", f"-A -t {VIP}:80 -s rr",
        f"-d -t {VIP}:80 -r 10.0.0.2", f"-a -t {VIP}:80 -r 10.0.0.2:81 -g",
        f"-a -t {VIP}:80 -r 10.0.0.2:81 -m -i", f"-a -t {VIP}:80 -r 10.0.0.2:81 -i --tun-type gue --tun-port 6000",
        f"-a -t {VIP}:80 -r 10.0.0.2:81 -i --tun-type gre", f"-a -t {VIP}:80 -r 10.0.0.2:81 -m --tun-type ipip",
        f"-a -t {VIP}:80 -r 10.0.0.2 -i --tun-type gue --tun-nocsum", f"-a -t {VIP}:80 -r 10.0.0.2 -i --tun-type x", "-L -n --tun-info",
        "-L -n --nosort -t 192.0.2.100:80", "-L --exact", "-L -n --exact --stats -t 192.0.2.100:80",
    ], BASE, "spellings of commands, missing operands, things that are not there")


def services():
    table = [f"-A -t {VIP}:80 -s wrr", f"-a -t {VIP}:80 -r 10.0.0.2:80 -m -w 100", f"-a -t {VIP}:80 -r 10.0.0.3:8080 -m -w 20 -x 30",
        f"-a -t {VIP}:80 -r 10.0.0.4:80 -m -w 0 -x 300 -y 200",
             f"-A -t {VIP}:443 -s sh -b sh-fallback", f"-a -t {VIP}:443 -r 10.0.0.2 -m",
                 f"-A -t {VIP}:25 -s mh -b mh-port,mh-fallback -p 600 -M 255.255.0.0", f"-a -t {VIP}:25 -r 10.0.0.8:25 -m -w 7",
             f"-A -u {VIP}:53 -s rr -o", f"-a -u {VIP}:53 -r 10.0.0.2:53 -m", f"-A -u {VIP}:5060 -s lc -p 30 --pe sip",
             f"-a -u {VIP}:5060 -r 10.0.0.2:5060 -m", f"--add-service --sctp-service {VIP}:2905 -s nq -p 20",
             f"-a --sctp-service {VIP}:2905 -r 10.0.0.2:2905 -m", "-A -f 1 -s lblcr -p 90 -M 255.255.255.128", "-a -f 1 -r 10.0.0.2 -m",
             "-a -f 1 -r 10.0.0.3:99 -m -w 9", "-A -f 1 -6 -s dh -p 33 -M 48", "-a -f 1 -6 -r [2001:db8:1::2] -m -w 3 -x 8 -y 4",
             "-A -t [2001:db8::100]:80 -s fo", "-a -t [2001:db8::100]:80 -r [2001:db8:1::3]:80 -m -w 65535", "-A -u [2001:db8::100]:53 -s ovf -o",
             "-a -u [2001:db8::100]:53 -r [2001:db8:1::3]:53 -m",
             "--add-service --sctp-service [2001:db8::100]:2905 -s sed", f"-A -t {VIP}:0 -s wlc -p 4000", f"-a -t {VIP}:0 -r 10.0.0.2:0 -m",
             "-A -t 192.0.2.9:21 -s rr -p 60", "-A -t 192.0.2.10:80 -s rr", "-A -t 10.1.2.3:80 -s rr"]
    lists = ["-L -n", "-L", "-L -n --stats", "-L --stats", "-L -n --rate", "-L -n --thresholds", "-L --thresholds", "-L -n --persistent-conn",
        "-L --persistent-conn", "-L -n --exact --stats", "-L -n --exact --rate", "-S -n", "-S",
             f"-L -n -t {VIP}:80 --thresholds", f"-L -n -t {VIP}:0", "-L -n -f 1", "-L -n -f 1 -6", f"-L -n --sctp-service {VIP}:2905",
                 "-L -n -t [2001:db8::100]:80 --stats", f"-L -u {VIP}:5060 --persistent-conn", "-L --timeout", "-L --daemon"]
    yield Commands("every_kind_of_service", [*table, *lists], note="listings of every kind of service")
    edits = [f"-E -t {VIP}:80 -s lc -p 70", f"-e -t {VIP}:80 -r 10.0.0.3:8080 -m -x 5", f"-e -t {VIP}:80 -r 10.0.0.4:80 -m -w 9", f"-E -t {VIP}:25 -s mh",
        f"-E -u {VIP}:53 -s rr", f"-E -u {VIP}:5060 -s lc -p 40", "-E -f 1 -s rr", "-E -f 1 -6 -s rr -p 5",
             f"-d -t {VIP}:80 -r 10.0.0.2:80", "-D -f 1", "-D -t 10.1.2.3:80", f"-a -t {VIP}:80 -r 10.0.0.2:80 -m -w 2"]
    yield Commands("every_kind_of_service_edited", [*table, *(x for e in edits for x in (e, "-L -n", "-L -n --thresholds")), "-S -n", "-C", "-L -n"],
        note="the same services, edited one by one")
    yield Commands("restore_every_kind", [("-R", "".join(line + "\n" for line in table)), "-S -n", "-S", "-L -n", "-C", ("-R",
        f"-A -t {VIP}:80 -s rr\n\n-a -t {VIP}:80 -r 10.0.0.2:80 -m\n"), "-S -n", ("-R", "  -D -t 192.0.2.100:80  \n"), "-S -n",
                                          ("-R", f"ipvsadm -A -t {VIP}:80 -s rr\n"), "-S -n", ("-R",
                                              f"-A -t {VIP}:81 -s rr\n# comment\n-A -t {VIP}:82 -s rr\n"), "-S -n", ("-R",
                                                  f"-A -t {VIP}:83 -s nosuch\n-A -t {VIP}:84 -s rr\n"), "-S -n",
                                          ("-R", f"-L -n\n-A -t {VIP}:85 -s rr"), "-S -n", ("-R", "-C\n"), "-S -n", ("-R", ""), ("-R", "\n\n"), ("-R",
                                          "x\n"), ("-R", f"-A -t {VIP}:86 -s rr -p\n-E -t {VIP}:86 -s lc\n-D -t {VIP}:87\n"), "-S -n",
                                          ("-R", f"-A\t-t\t{VIP}:88\t-s\trr\n"), "-S -n", ("-R -n", ""), ("-R", f"-A -t '{VIP}:89' -s rr\n"), ("-R",
                                          f"-A -t \"{VIP}:89\" -s rr\n"), "-S -n", ("-R", "--set 5 6 7\n"), "-L --timeout", ("-R", "-Z\n"), "-S -n"],
                   note="restoring")


def traffic():
    t = [f"-A -t {VIP}:80 -s rr", f"-a -t {VIP}:80 -r 10.0.0.2:80 -m", f"-a -t {VIP}:80 -r 10.0.0.3:80 -m", f"-A -u {VIP}:53 -s rr",
        f"-a -u {VIP}:53 -r 10.0.0.2:53 -m"]
    looks = ["-L -n", "-L -n -c", "-L -n --stats", "-L -n --stats --exact"]
    listen = [("listen", "tcp", 80), ("listen", "udp", 53)]
    yield Commands("stats_small", [
        *t,
        {"action": "192.0.2.11:40001 opens 192.0.2.100:80; 40001 sends 300 bytes and receives 700; 2.6 s pass", "do": [*listen, ("open",
        "192.0.2.11:40001", f"{VIP}:80"), ("exchange", "192.0.2.11:40001", 300, 700), ("wait", 2.6)]}, *looks,
        {"action": "192.0.2.12:40002 opens 192.0.2.100:80; 40002 sends 10 bytes and receives 20; 40002 closes (client first, then server); 2.6 s pass",
         "do": [("open", "192.0.2.12:40002", f"{VIP}:80"), ("exchange", "192.0.2.12:40002", 10, 20), ("close", "192.0.2.12:40002"), ("wait", 2.6)]}, *looks,
        "-Z", "-L -n --stats",
        {"action": "192.0.2.13:40003 opens 192.0.2.100:80; 192.0.2.11:40001 closes (client first, then server); 2.6 s pass", "do": [("open",
        "192.0.2.13:40003", f"{VIP}:80"), ("close", "192.0.2.11:40001"), ("wait", 2.6)]}, *looks,
        f"-Z -t {VIP}:80", "-L -n --stats", f"-d -t {VIP}:80 -r 10.0.0.2:80", "-L -n", "-L -n -c", f"-a -t {VIP}:80 -r 10.0.0.2:80 -m -w 5", "-L -n",
        "-L -n --stats",
        f"-D -t {VIP}:80", "-L -n", "-L -n -c", "-L -n --stats", "-C", "-L -n -c",
    ], note="counters of a few connections, zeroed, of a service that goes")


def nameless_flags():
    made = [f"-A -t {VIP}:{80 + n} -s {s} -b {f}" for n, (s, f) in enumerate((s, f) for s in ("sh", "mh", "rr") for f in ("flag-3", "flag-1,flag-3",
        "flag-2,flag-3", "flag-1,flag-2,flag-3"))]
    yield Commands("flags_without_a_name", [*made, "-L -n", "-S -n", "-L -n --persistent-conn", "-E -t 192.0.2.100:80 -s rr -b flag-3",
        "-E -t 192.0.2.100:80 -s rr", "-L -n -t 192.0.2.100:80",
                                            ("-R", f"-A -t {VIP}:70 -s sh -b \n"), "-S -n"], note="flags that sh and mh have no name for")


def scenarios():
    yield from values()
    yield from nameless_flags()
    yield from services()
    yield from traffic()
