"""The tables of TCP states."""

from tcp_states import States, record  # noqa: F401 (the guest plays with it)

NOTE = (
    "states of IPVS TCP connections under NAT, driven by hand-made segments; \"expires\" is what /proc/net/ip_vs_conn showed a few milliseconds "
    "after the packet, in whole seconds rounded down, so the timeout is expires + 1"
)


def scenarios():
    yield States("timeouts", NOTE)
    yield States("timeouts_secure_tcp", NOTE + "; secure_tcp 3", {"net.ipv4.vs.secure_tcp": 3})
