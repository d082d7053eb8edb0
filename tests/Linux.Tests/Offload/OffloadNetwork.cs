using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Offload;
using HaLvs.Linux.Packets;

namespace HaLvs.Linux.Tests.Offload;

/// <summary>
/// client c0 - d0 director d1 - s0 server, each a namespace of its own. nftables in the director stands for the user path: it translates what the program
/// leaves to it (SYN, FIN, RST). Gone afterwards. Needs root.
/// </summary>
internal sealed class OffloadNetwork : IDisposable
{
    public const int Port = 8080;
    private const string Rules =
        "table inet t { chain pre { type nat hook prerouting priority -100; "
        + "ip daddr 192.0.2.100 meta l4proto { tcp, udp } dnat ip to 10.0.0.2; ip6 daddr 2001:db8::100 meta l4proto { tcp, udp } dnat ip6 to fd00::2; }; "
        + "chain carried { type filter hook forward priority 0; counter; }; }";
    private static int _count;
    private readonly string _name = $"ho{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
    private readonly List<OffloadAttachment> _attachments = [];

    public OffloadNetwork()
    {
        try
        {
            Build();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void Build()
    {
        TestNamespace.Shell(
            $"""
             set -e
             for n in {Client} {Director} {Server}; do ip netns add $n; ip -n $n link set lo up; done
             ip link add c0 netns {Client} address 02:00:00:00:01:01 type veth peer name d0 netns {Director} address 02:00:00:00:01:02
             ip link add s0 netns {Server} address 02:00:00:00:02:01 type veth peer name d1 netns {Director} address 02:00:00:00:02:02
             ip -n {Client} addr add 192.0.2.10/24 dev c0; ip -n {Client} addr add 2001:db8::10/64 dev c0 nodad
             ip -n {Server} addr add 10.0.0.2/24 dev s0; ip -n {Server} addr add fd00::2/64 dev s0 nodad
             ip -n {Director} addr add 192.0.2.100/24 dev d0; ip -n {Director} addr add 2001:db8::100/64 dev d0 nodad
             ip -n {Director} addr add 10.0.0.1/24 dev d1; ip -n {Director} addr add fd00::1/64 dev d1 nodad
             ip -n {Client} link set c0 up; ip -n {Server} link set s0 up; ip -n {Director} link set d0 up; ip -n {Director} link set d1 up
             ip -n {Server} route add default via 10.0.0.1; ip -n {Server} -6 route add default via fd00::1
             ip netns exec {Director} sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
             ip netns exec {Director} nft '{Rules}'
             ip netns exec {Director} sysctl -qw net.netfilter.nf_conntrack_tcp_be_liberal=1
             """);
    }

    public OffloadProgram Program { get; } = OffloadProgram.Load(new OffloadLimits(64, 64, 64));

    private string Client => _name + "c";

    private string Director => _name + "d";

    private string Server => _name + "s";

    public static bool Possible(Action<string> output)
    {
        if (!TestNamespace.Possible(output) || !OffloadBench.Possible(output))
            return false;
        if (File.Exists("/usr/sbin/nft") && File.Exists("/usr/sbin/ethtool"))
            return true;
        output("not run: nftables or ethtool is missing");
        return false;
    }

    /// <summary>Both interfaces, with next hop 1 towards the server and 2 towards the client, and a lease.</summary>
    public void Attach(OffloadMode mode)
    {
        // A veth gives a redirected frame to a peer that polls only; and only senders without offloads write whole checksums (XDP sees no others).
        if (mode == OffloadMode.Xdp)
            TestNamespace.Shell($"ip netns exec {Client} ethtool -K c0 gro on tx off && ip netns exec {Server} ethtool -K s0 gro on tx off");
        In(Director, () =>
        {
            using Rtnetlink netlink = new();
            Link outside = netlink.Link("d0");
            Link inside = netlink.Link("d1");
            _attachments.Add(Program.Attach(outside.Index, mode, OffloadSides.Outside));
            _attachments.Add(Program.Attach(inside.Index, mode, OffloadSides.Inside));
            Program.SetNextHop(1, new OffloadNextHop(inside.Index, new HardwareAddress(0x0200_0000_0201), Address(inside), 1500));
            Program.SetNextHop(2, new OffloadNextHop(outside.Index, new HardwareAddress(0x0200_0000_0101), Address(outside), 1500));
            return 0;
        });
        Program.Renew(MonotonicClock.Now + TimeSpan.FromMinutes(5));
    }

    public Socket ClientSocket(string local, SocketType type) => Bound(Client, local, type);

    public Socket ServerSocket(string local, SocketType type) => Bound(Server, local, type);

    public string InDirector(string command) => TestNamespace.Shell($"ip netns exec {Director} {command}");

    public T InDirector<T>(Func<T> work) => In(Director, work);

    /// <summary>Packets that went through the kernel's own forwarding.</summary>
    public long SlowPackets()
    {
        string listing = InDirector("nft list chain inet t carried");
        return long.Parse(listing.Split("packets ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
    }

    public void Detach()
    {
        In(Director, () =>
        {
            _attachments.ForEach(a => a.Dispose());
            return 0;
        });
        _attachments.Clear();
    }

    public void Dispose()
    {
        Detach();
        Program.Dispose();
        TestNamespace.Shell($"for n in {Client} {Director} {Server}; do ip netns delete $n || true; done");
    }

    private static HardwareAddress Address(Link link) => HardwareAddress.Read(link.HardwareAddress.Span);

    private static Socket Bound(string space, string local, SocketType type) => In(space, () =>
    {
        IPEndPoint end = IPEndPoint.Parse(local);
        Socket socket = new(end.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        socket.Bind(end);
        return socket;
    });

    private static T In<T>(string space, Func<T> work)
    {
        T result = default!;
        NetworkNamespace.Run(space, () => result = work());
        return result;
    }
}
