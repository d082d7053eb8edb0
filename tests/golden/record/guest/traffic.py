"""Real connections and datagrams through the director."""

import errno
import select
import socket
import struct

WAIT = 1.5
IP_PKTINFO = 8
IPV6_RECVPKTINFO = 49
IPV6_PKTINFO = 50


def parse(text):
    """"192.0.2.100:80" or "[2001:db8::100]:80"."""
    address, port = text.rsplit(":", 1)
    return address.strip("[]"), int(port)


def show(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def family(text):
    return socket.AF_INET6 if text.startswith("[") else socket.AF_INET


class Servers:
    """Listens on ports, on all addresses of the servers' namespace."""

    def __init__(self, network):
        self._network = network
        self._tcp = {}
        self._udp = {}

    def listen(self, protocol, port, kind):
        known = self._tcp if protocol == "tcp" else self._udp
        if port == 0 or (port, kind) in known:
            return
        sock = self._network.socket("server", kind, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if kind == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(("", port))
        if protocol == "tcp":
            sock.listen(64)
        elif kind == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
        else:
            sock.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        known[port, kind] = sock

    def accept(self):
        ready, _, _ = select.select(list(self._tcp.values()), [], [], WAIT)
        if not ready:
            return None, None
        sock, _ = ready[0].accept()
        return sock, show(*sock.getsockname()[:2])

    def receive(self, wait=0.4):
        """(socket, data, source, control of the answer, "server:port") or None."""
        ready, _, _ = select.select(list(self._udp.values()), [], [], wait)
        if not ready:
            return None
        data, control, _, source = ready[0].recvmsg(2048, 256)
        port = ready[0].getsockname()[1]
        for level, what, value in control:
            if (level, what) == (socket.IPPROTO_IP, IP_PKTINFO):
                address = value[8:12]
                answer = struct.pack("=i4s4s", 0, address, b"\0\0\0\0")
                return ready[0], data, source, [(level, what, answer)], show(socket.inet_ntoa(address), port)
            if level == socket.IPPROTO_IPV6:
                answer = value[:16] + struct.pack("=i", 0)
                return ready[0], data, source, [(level, IPV6_PKTINFO, answer)], show(socket.inet_ntop(socket.AF_INET6, value[:16]), port)
        raise RuntimeError("no address with a datagram")

    def close(self):
        for sock in [*self._tcp.values(), *self._udp.values()]:
            sock.close()
        self._tcp = {}
        self._udp = {}


class Connection:
    """One TCP connection: `picked` is the server that accepted it, or `error` says what connect() returned."""

    def __init__(self, network, servers, source, target):
        self.picked = self.error = self.server = None
        self.client = network.socket("client", family(target), socket.SOCK_STREAM)
        self.client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.client.settimeout(WAIT)
        self.client.bind(parse(source))
        try:
            self.client.connect(parse(target))
        except socket.timeout:
            self.error = "TIMEOUT"
        except OSError as problem:
            self.error = errno.errorcode[problem.errno]
        if self.error:
            self.client.close()
            return
        self.server, self.picked = servers.accept()

    def close(self, by):
        if by == "client-rst":
            reset(self.client)
        elif by == "client":
            finish(self.client, self.server)
        else:
            finish(self.server, self.client)
        self.client.close()
        self.server.close()


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def finish(first, second):
    """FIN from the first, then, when that has arrived, from the second."""
    first.shutdown(socket.SHUT_WR)
    select.select([second], [], [], WAIT)
    second.shutdown(socket.SHUT_WR)
    select.select([first], [], [], WAIT)


def datagram(network, servers, source, target, text=b"hello"):
    """(picked, where the answer came from): None where nothing came."""
    with network.socket("client", family(target), socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind(parse(source))
        client.sendto(text, parse(target))
        got = servers.receive()
        if got is None:
            return None, None
        sock, _, peer, control, picked = got
        sock.sendmsg([f"from {picked}".encode()], control, 0, peer)
        ready, _, _ = select.select([client], [], [], 0.5)
        return picked, show(*client.recvfrom(2048)[1][:2]) if ready else None
