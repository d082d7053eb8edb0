"""FTP through the kernel's helper: replies and commands in the forms that servers and clients write them."""

import functools
import socket

from steps import Packets, record, show  # noqa: F401 (record: main.py asks the module for it)
from traffic import parse

CLIENT, VIP = "192.0.2.11", "192.0.2.100"


def six(address, port):
    return f"{address.replace('.', ',')},{port >> 8},{port & 255}"


class Dialogue:
    """A control connection, the server being what the scheduler picked."""

    def __init__(self, stage, source=f"{CLIENT}:40001", target=f"{VIP}:21"):
        self.stage = stage
        self.client, self.server = stage.open("client connects to the control port", source, target)
        self.inside = self.server.getsockname()[0]
        self.says("server", "220 ready\r\n")

    def says(self, who, text):
        sender, receiver = (self.client, self.server) if who == "client" else (self.server, self.client)
        self.stage.step(f"{who} says {text!r}", lambda: self.stage.say(sender, receiver, text))

    def in_parts(self, who, *parts):
        sender, receiver = (self.client, self.server) if who == "client" else (self.server, self.client)
        sender.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            self.stage.step(f"{who} says {part!r} in a segment of its own", lambda part=part: self.stage.say(sender, receiver, part))

    def data(self, port, target=None, number=50001):
        """The client opens a data connection to where the reply sent it, and gets a file."""
        self.stage.listen(port)
        target = target or f"{VIP}:{port}"
        client, server = self.stage.open(f"client opens the data connection to {target}", f"{CLIENT}:{number}", target)
        if client:
            self.stage.step("server sends data and closes", lambda: (self.stage.say(server, client, "file data"), server.close(), client.close())[0], 0.05)

    def active(self, source_port, port):
        """The server opens the data connection from `source_port` to the client's `port`."""
        stage = self.stage
        listener = stage.network.socket("client", socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((CLIENT, port))
        listener.listen(1)
        listener.settimeout(0.5)

        def act():
            server = stage.network.socket("server", socket.AF_INET, socket.SOCK_STREAM)
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind((self.inside, source_port))
            server.settimeout(0.5)
            try:
                server.connect((CLIENT, port))
                accepted, peer = listener.accept()
                accepted.close()
                return f"client sees the data connection come from {show(*peer[:2])}"
            except OSError as problem:
                return f"no data connection: {type(problem).__name__}"
            finally:
                server.close()
                listener.close()
        stage.step(f"server opens the data connection from {self.inside}:{source_port} to {CLIENT}:{port}", act, 0.1)

    def ends(self):
        self.says("client", "QUIT\r\n")
        self.says("server", "221 bye\r\n")
        self.stage.connections()


def passive(stage, words, reply, port, after=True):
    stage.listen(21)
    dialogue = Dialogue(stage)
    dialogue.says("client", words)
    dialogue.says("server", reply.format(own=six(dialogue.inside, port), ip=dialogue.inside, port=port))
    stage.connections()
    if after:
        dialogue.data(port)
        stage.connections()
    dialogue.says("client", "NOOP\r\n")
    dialogue.says("server", "200 fine\r\n")
    dialogue.ends()


def active(stage, words, port, source_port=20):
    stage.listen(21)
    dialogue = Dialogue(stage)
    dialogue.says("client", words.format(own=six(CLIENT, port), ip=CLIENT, port=port))
    dialogue.says("server", "200 command ok\r\n")
    stage.connections()
    dialogue.active(source_port, port)
    stage.connections()
    dialogue.ends()


def several(stage):
    stage.listen(21)
    dialogue = Dialogue(stage)
    for number, (words, reply, port) in enumerate((
            ("PASV\r\n", "227 Entering Passive Mode ({own})\r\n", 40011), ("EPSV\r\n", "229 Extended (|||{port}|)\r\n", 40012),
            ("PASV\r\n", "227 Passive {own}\r\n", 40013), ("PASV\r\n", "227 Entering Passive Mode ({own}).\r\n", 45678))):
        dialogue.says("client", words)
        dialogue.says("server", reply.format(own=six(dialogue.inside, port), port=port))
        dialogue.data(port, number=50010 + number)
        dialogue.says("server", "226 done\r\n")
    stage.connections()
    dialogue.says("client", f"PORT {six(CLIENT, 51300)}\r\n")
    dialogue.says("server", "200 PORT ok\r\n")
    dialogue.active(20, 51300)
    stage.connections()
    dialogue.ends()


def odd(stage, who, lines):
    """Each line by itself, with what the table shows behind it."""
    stage.listen(21)
    dialogue = Dialogue(stage)
    for line in lines:
        other = "server" if who == "client" else "client"
        if who == "server":
            dialogue.says("client", "PASV\r\n")
        dialogue.says(who, line.format(own=six(dialogue.inside if who == "server" else CLIENT, 41000)))
        stage.connections()
        dialogue.says(other, "200 ok\r\n" if other == "server" else "NOOP\r\n")
    dialogue.ends()


def split(stage):
    stage.listen(21)
    dialogue = Dialogue(stage)
    dialogue.in_parts("client", "PA", "SV\r\n")
    dialogue.says("server", f"227 Entering Passive Mode ({six(dialogue.inside, 41001)})\r\n")
    stage.connections()
    dialogue.says("client", "PASV\r\n")
    dialogue.in_parts("server", "227 Entering Passive ", f"Mode ({six(dialogue.inside, 41002)})\r\n")
    stage.connections()
    dialogue.in_parts("client", "PORT 192,0,2,", "11,200,20\r\n")
    dialogue.says("server", "200 ok\r\n")
    stage.connections()
    dialogue.says("client", "NOOP\r\n")
    dialogue.ends()


def deleted(stage):
    """The server of a control connection goes to weight 0, then away, between reply and data connection."""
    stage.listen(21)
    dialogue = Dialogue(stage)
    dialogue.says("client", "PASV\r\n")
    dialogue.says("server", f"227 Entering Passive Mode ({six(dialogue.inside, 40021)})\r\n")
    stage.ipvsadm(f"-e -t {VIP}:21 -r {dialogue.inside}:21 -m -w 0")
    dialogue.data(40021)
    stage.connections()
    dialogue.says("client", "NOOP\r\n")
    dialogue.ends()


SETUP = [f"-A -t {VIP}:21 -s rr", f"-a -t {VIP}:21 -r 10.0.0.2:21 -m"]
LONG = [f"-A -t {VIP}:21 -s rr", f"-a -t {VIP}:21 -r 10.0.0.19:21 -m"]
SHORT = ["-A -t 192.0.2.1:21 -s rr", "-a -t 192.0.2.1:21 -r 10.0.0.19:21 -m"]
PORTS = [f"-A -t {VIP}:21 -s rr", f"-a -t {VIP}:21 -r 10.0.0.2:2121 -m"]
EVERY_PORT = [f"-A -t {VIP}:0 -s rr -p 300", f"-a -t {VIP}:0 -r 10.0.0.2:0 -m", f"-a -t {VIP}:0 -r 10.0.0.3:0 -m"]

SCENARIOS = (
    ("pasv_lower_case", "the command in small letters", SETUP, passive, ("pasv\r\n", "227 entering passive mode ({own})\r\n", 40031)),
    ("pasv_mixed_case", "the command in mixed letters, blanks before it", SETUP, passive, ("  PaSv\r\n", "227 Entering Passive Mode ({own})\r\n", 40032)),
    ("pasv_without_brackets", "the reply without brackets", SETUP, passive, ("PASV\r\n", "227 Entering Passive Mode {own}\r\n", 40033)),
    ("pasv_full_stop", "a full stop behind the bracket", SETUP, passive, ("PASV\r\n", "227 Entering Passive Mode ({own}).\r\n", 40034)),
    ("pasv_address_same_length", "no change of length", LONG, passive, ("PASV\r\n", "227 Entering Passive Mode ({own})\r\n", 40035)),
    ("pasv_low_port", "a port below 256", SETUP, passive, ("PASV\r\n", "227 Entering Passive Mode ({own})\r\n", 250)),
    ("pasv_other_control_port", "the server's control port is 2121", PORTS, passive, ("PASV\r\n", "227 Entering Passive Mode ({own})\r\n", 40036)),
    ("pasv_refused", "the server refuses the command", SETUP, passive, ("PASV\r\n", "421 no\r\n", 40037, False)),
    ("epsv_small", "EPSV in small letters", SETUP, passive, ("epsv\r\n", "229 extended (|||{port}|)\r\n", 40038)),
    ("epsv_one", "EPSV 1", SETUP, passive, ("EPSV 1\r\n", "229 Extended (|||{port}|)\r\n", 40039)),
    ("epsv_all", "EPSV ALL is no request", SETUP, passive, ("EPSV ALL\r\n", "200 ok\r\n", 40040, False)),
    ("epsv_with_address", "a 229 that names family and address", SETUP, passive, ("EPSV\r\n", "229 Extended (|1|{ip}|{port}|)\r\n", 40041)),
    ("epsv_other_bar", "another delimiter", SETUP, passive, ("EPSV\r\n", "229 Extended (!!!{port}!)\r\n", 40042, False)),
    ("port_plain", "PORT", SETUP, active, ("PORT {own}\r\n", 51401)),
    ("port_small", "PORT in small letters", SETUP, active, ("port {own}\r\n", 51402)),
    ("port_other_source", "the server does not use port 20", SETUP, active, ("PORT {own}\r\n", 51403, 30020)),
    ("eprt_plain", "EPRT", SETUP, active, ("EPRT |1|{ip}|{port}|\r\n", 51404)),
    ("eprt_small", "EPRT in small letters", SETUP, active, ("eprt |1|{ip}|{port}|\r\n", 51405)),
    ("eprt_other_bar", "EPRT with another delimiter", SETUP, active, ("EPRT !1!{ip}!{port}!\r\n", 51406)),
    ("port_other_control_port", "PORT to a server whose control port is 2121", PORTS, active, ("PORT {own}\r\n", 51407, 2120)),
    ("several_transfers", "four passive transfers in one dialogue, then an active one", LONG, several, ()),
    ("weight_zero_before_data", "the server's weight is 0 when the data connection comes", SETUP, deleted, ()),
    ("odd_commands", "PORT and EPRT as they should not be", SETUP, odd, ("client", [
        "PORT 192,0,2,11,200\r\n", "PORT 192,0,2,11,200,20,7\r\n", "PORT 192.0.2.11.200.20\r\n", "PORT 192,0,2,11,300,20\r\n", "PORT  {own}\r\n", "PORT {own} \r\n",
        "PORT {own}\n", "EPRT |2|::1|51000|\r\n", "EPRT |1|192.0.2.12|51000|\r\n", "PORT 192,0,2,12,200,20\r\n", "EPRT |1|192.0.2.11|51000\r\n", "PORT\r\n",
        "EPRT |1|192.0.2.11|0|\r\n", "PORT 192,0,2,11,0,0\r\n", "XPORT {own}\r\n", "PASV now\r\n", "PASV \r\n", "PASV\n"])),
    ("odd_replies_more", "227 as it should not be, each behind a PASV", SETUP, odd, ("server", [
        "227 Entering Passive Mode (10,0,0,2,160,40,1)\r\n", "227 Entering Passive Mode (10.0.0.2.160.40)\r\n", "227 Entering Passive Mode\r\n", "227 ({own}\r\n",
        "227-Entering Passive Mode ({own})\r\n", "227 10 Entering ({own})\r\n", "227 Entering Passive Mode ({own})\n", "227{own}\r\n", "228 Entering ({own})\r\n",
        "227 Entering Passive Mode (10,0,0,2,300,40)\r\n", "227 Entering Passive Mode ( {own} )\r\n"])),
    ("split", "commands and replies cut over segments", SETUP, split, ()),
    ("pasv_short_virtual", "the virtual address is shorter than the server's", SHORT, None, ()),
)


def short(stage):
    stage.listen(21)
    dialogue = Dialogue(stage, target="192.0.2.1:21")
    dialogue.says("client", "PASV\r\n")
    dialogue.says("server", f"227 Entering Passive Mode ({six(dialogue.inside, 40051)})\r\n")
    dialogue.data(40051, "192.0.2.1:40051")
    dialogue.says("client", "NOOP\r\n")
    dialogue.says("server", "200 fine\r\n")
    dialogue.ends()


def scenarios():
    for name, note, setup, play, arguments in SCENARIOS:
        for conntrack in (1, 0):
            if conntrack == 0 and name not in ("several_transfers", "port_plain", "eprt_plain", "pasv_lower_case"):
                continue
            whole = functools.partial(_play, play or short, arguments, setup)
            yield Packets(f"ftp_{name}" + ("" if conntrack else "_conntrack0"), note, setup, whole, {"net.ipv4.vs.conntrack": conntrack}, ftp=True)


def _play(play, arguments, setup, stage):
    stage.listen(*{parse(command.split("-r ")[1].split()[0])[1] for command in setup if "-r " in command})
    play(stage, *arguments)
