"""Scenarios of ipvsadm/: every command letter with every option, two commands at once, every two options of -L."""

import itertools

from lines import Commands, record  # noqa: F401 (the guest plays with it)

BASE = [
    "-A -t 192.0.2.100:80 -s rr", "-a -t 192.0.2.100:80 -r 10.0.0.2:80 -m -w 1",
    "-A -u 192.0.2.100:53 -s wlc -p 60", "-a -u 192.0.2.100:53 -r 10.0.0.3:53 -m -w 2",
]

# What each command needs to succeed.
LETTERS = {
    "A": "-A -t 192.0.2.100:81 -s wrr", "E": "-E -t 192.0.2.100:80 -s wrr", "D": "-D -t 192.0.2.100:80", "C": "-C", "R": "-R", "S": "-S", "Z": "-Z",
    "a": "-a -t 192.0.2.100:80 -r 10.0.0.4:80 -m", "e": "-e -t 192.0.2.100:80 -r 10.0.0.2:80 -m", "d": "-d -t 192.0.2.100:80 -r 10.0.0.2:80",
    "L": "-L", "set": "--set 100 20 30", "h": "-h",
}
OPTIONS = (
    "-t 192.0.2.100:80", "-u 192.0.2.100:53", "-f 7", "--sctp-service 192.0.2.100:9", "-6", "-s lc", "-p", "-p 77", "-M 255.255.255.0", "-o", "-b sh-port",
        "-b flag-1",
    "--pe sip", "-r 10.0.0.2:80", "-g", "-i", "-m", "-w 7", "-x 9", "-y 3", "-n", "-c", "--timeout", "--daemon", "--stats", "--rate", "--exact", "--thresholds",
    "--persistent-conn", "--sort", "--nosort", "--mcast-interface d1", "--syncid 3", "extra",
)
LONG = ("-h",)  # Its text says nothing new thirty times.


def matrix():
    for letter, command in LETTERS.items():
        options = OPTIONS if command not in LONG else OPTIONS[:3]
        yield Commands(f"letter_{'upper' if letter.isupper() else 'lower'}_{letter.lower()}_options", [f"{command} {option}" for option in options], BASE,
                       "every option behind a command that would succeed without it")
        yield Commands(f"letter_{'upper' if letter.isupper() else 'lower'}_{letter.lower()}_before", [f"{option} {command}" for option in options], BASE,
                       "every option before a command that would succeed without it")


def pairs():
    commands = [c for c in LETTERS.values() if c != "-h"]
    yield Commands("two_commands", [f"{a} {b}" for a, b in itertools.product(commands, commands)], BASE, "two commands at once")


def options_of_lists():
    lists = ("-n", "-c", "--timeout", "--daemon", "--stats", "--rate", "--exact", "--thresholds", "--persistent-conn", "--sort", "--nosort",
        "-t 192.0.2.100:80", "-f 3")
    yield Commands("list_option_pairs", [f"-L {a} {b}" for a, b in itertools.product(lists, lists)], BASE, "every two options of -L")


def scenarios():
    yield from matrix()
    yield from pairs()
    yield from options_of_lists()
