using HaLvs.Director.Control;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Roles;

namespace HaLvs.Director.Tests.Control;

/// <summary>Directors in the states that operators meet.</summary>
internal static class StatusSamples
{
    public static DirectorStatus ActivePair() => Pair(Role.Active, "director-a", Role.Standby, selfInSync: false, peerInSync: true);

    public static DirectorStatus StandbyPair() => Pair(Role.Standby, "director-b", Role.Active, selfInSync: true, peerInSync: false);

    public static DirectorStatus Blocked()
    {
        DirectorStatus pair = Pair(Role.Fencing, null, Role.Active, selfInSync: true, peerInSync: false);
        return pair with
        {
            Health = "blocked",
            Reasons = ["director-b is silent on every link", "fence device ipmi 198.51.100.12 of director-b fails"],
            Node = pair.Node with
            {
                Blocked = "director-b is lost but its power could not be read as off (unknown is not off), so its addresses are not taken: "
                    + "restore 198.51.100.12, or see to it that director-b is off",
                Peer = pair.Node.Peer! with { Alive = false, LastHeard = TimeSpan.FromSeconds(31.4) },
                Links = [.. pair.Node.Links.Select(l => l with { State = LinkState.Down, LastHeard = TimeSpan.FromSeconds(31.4) })],
                Fence = new FenceProgress(4, "director-b", 7, "ipmi 198.51.100.12: no answer within 5 s"),
            },
            Fence = [new FenceDeviceStatus("director-b", "ipmi 198.51.100.12", "failed", "no answer within 5 s")],
            Sync = new SyncStatus(false, true, 0, 0, 51_234, "stream closed"),
        };
    }

    public static DirectorStatus Single() => ActivePair() with
    {
        Node = new NodeStatus("solo", Role.Active, 1, 7, "solo", false, null, [], null, null, []),
        Health = "healthy",
        Reasons = [],
        Fence = [],
        Sync = null,
    };

    public static DirectorStatus Draining() => ActivePair() with
    {
        Services =
        [
            new ServiceSnapshot(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 80, "wlc",
            [
                Drains("10.0.0.2", 3, new DrainSnapshot(12, 3, TimeSpan.FromSeconds(250), true)),
                Drains("10.0.0.3", 40_000, new DrainSnapshot(41_000, 40_000, null, false)),
                new ServerSnapshot(Ip.Parse("10.0.0.4"), 80, 1, 4_000, 3, 5_000, 1, 2, 3, 4),
            ]),
            new ServiceSnapshot(0, Ip.Parse("0.0.0.0"), 0, "rr", [Drains("10.0.0.5", 0, new DrainSnapshot(7, 0, TimeSpan.Zero, false) { IsOver = true, Ended = 2 })]) { Mark = 7 },
        ],
    };

    private static ServerSnapshot Drains(string address, int left, DrainSnapshot drain) =>
        new(Ip.Parse(address), 80, 0, left, 0, 5_000, 1, 2, 3, 4) { Drain = drain };

    private static DirectorStatus Pair(Role own, string? active, Role peer, bool selfInSync, bool peerInSync) => new()
    {
        Node = new NodeStatus(
            "director-a", own, 7, 0xfedc_ba98_7654_3210, active, selfInSync,
            new PeerStatus("director-b", peer, true, peerInSync, 9, 7, TimeSpan.FromMilliseconds(42), true, false),
            [
                new LinkStatus("udp:10.0.0.251:694", LinkState.Ok, TimeSpan.FromMilliseconds(42), 36_000, 0, null),
                new LinkStatus("serial:/dev/ttyS0:115200", LinkState.Absent, null, 0, 0, "no such device"),
            ],
            null, null, [("replayed", 2)]),
        Health = "degraded",
        Reasons = ["link serial:/dev/ttyS0:115200 is absent: no such device"],
        Fence = [new FenceDeviceStatus("director-b", "ipmi 198.51.100.12", "ok", ""), new FenceDeviceStatus("director-a", "ipmi 198.51.100.11", "ok", "")],
        VirtualAddresses = ["192.0.2.100"],
        Gateway = "10.0.0.1/24",
        Connections = 12_345,
        ConnectionCapacity = 1_000_000,
        Offload = "off (not in this version)",
        Interfaces = [("eth0", true), ("eth1", false)],
        Services =
        [
            new ServiceSnapshot(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 80, "wlc",
            [
                new ServerSnapshot(Ip.Parse("10.0.0.2"), 80, 2, 8_000, 12, 9_000, 1, 2, 3, 4),
                new ServerSnapshot(Ip.Parse("10.0.0.3"), 8080, 1, 4_000, 3, 5_000, 1, 2, 3, 4),
            ]),
        ],
        Sync = new SyncStatus(true, true, 3, 51_234, 0, ""),
        Drops = [("no-server", 4)],
        Uptime = TimeSpan.FromHours(76.5),
        Version = "0.1.0",
        ConfigurationHash = 0x0011_2233_4455_6677,
    };
}
