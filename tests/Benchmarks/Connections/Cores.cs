using HaLvs.Forwarder;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Benchmarks.Connections;

/// <summary>Forwarding cores with one web service for both families and servers behind it.</summary>
internal static class Cores
{
    private static readonly Ip Virtual = Ip.Parse("192.0.2.100");
    private static readonly Ip Virtual6 = Ip.Parse("2001:db8:1::100");

    /// <summary>SYN cookies are off: nothing but SYNs would be taken for a flood.</summary>
    public static ForwardingCore Make(int capacity, string scheduler = "rr", int servers = 2)
    {
        ForwardingCore core = new(new ForwardingCoreOptions
        {
            Capacity = capacity,
            VirtualAddresses = [Virtual, Virtual6],
            SynProxy = new SynProxyOptions { Mode = SynProxyMode.Off },
            Seed = 1,
        });
        RealServerConfig[] v4 = [.. Enumerable.Range(2, servers).Select(n => new RealServerConfig(Ip.Parse($"10.0.0.{n}"), 80, Weight(scheduler, n)))];
        RealServerConfig[] v6 = [.. Enumerable.Range(2, servers).Select(n => new RealServerConfig(Ip.Parse($"fd00:10::{n}"), 80, Weight(scheduler, n)))];
        core.ApplyServices([
            new VirtualServiceConfig(TransportProtocol.Tcp, Virtual, 80, scheduler, [.. v4]),
            new VirtualServiceConfig(TransportProtocol.Tcp, Virtual6, 80, scheduler, [.. v6])]);
        return core;
    }

    /// <summary>Connection number n is always the same one.</summary>
    public static ConnectionRecord Number(int n) => new(
        ConnectionKind.Service, TransportProtocol.Tcp, Ip.FromV4(0xc633_0000u + (uint)(n / 50_000)), (ushort)(1024 + (n % 50_000)),
        Virtual, 80, Ip.FromV4(0x0a00_0002u), 80, ConnectionState.Established, 900_000);

    public static void Fill(ForwardingCore core, int connections)
    {
        for (int i = 0; i < connections; i++)
        {
            core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, Number(i)), 0);
        }
    }

    /// <summary>Small and unequal; for "ovf" they are the connections that a server takes, and must be enough for all.</summary>
    private static int Weight(string scheduler, int server) => scheduler == "ovf" ? 20_000 : 1 + (server % 3);
}
