using System.Collections.Immutable;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Guard;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Scheduling;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Fuzz;

/// <summary>A director of seeded settings with services of all kinds in both families, and the operators and peers that disturb it.</summary>
internal sealed class FuzzWorld
{
    public const int Capacity = 1500;
    private readonly Random _random;

    public FuzzWorld(Random random)
    {
        _random = random;
        Core = new ForwardingCore(Options());
        Core.ApplyServices(Services());
        Core.EnableChangeLog(true);
    }

    public ForwardingCore Core { get; }

    public long Now { get; set; } = 1_000_000;

    public static bool IsInside(Ip address) => address.IsV4 ? address.V4 >> 8 == 0x0a0000 : address.High == 0xfd00_0000_0000_0000;

    /// <summary>Time passes, and now and then somebody changes something.</summary>
    public void Disturb()
    {
        Core.Tick(Now);
        switch (_random.Next(12))
        {
            case 0:
                Core.ApplyServices(Services());
                break;
            case 1:
                Core.Configure(Options());
                break;
            case 2:
                Core.SetTimersFrozen(_random.Next(4) == 0, Now);
                break;
            case 3:
                Now += _random.Next(70_000);
                break;
        }

        ConnectionChange[] changes = new ConnectionChange[_random.Next(1, 500)];
        Core.TakeChanges(changes, Now);
        if (Core.ChangeLogOverflowed)
        {
            Core.EnableChangeLog(true);
        }
    }

    private ForwardingCoreOptions Options() => new()
    {
        Capacity = Capacity,
        CallCapacity = 40,
        VirtualAddresses = [Ip.Parse(TestDirector.Vip), Ip.Parse(TestDirector.Vip6)],
        Masquerade = true,
        Inside = (Ip.Parse("10.0.0.0"), 24),
        InsideV6 = (Ip.Parse("fd00::"), 64),
        Gateway = _random.Next(2) == 0 ? Ip.Parse("10.0.0.1") : null,
        GatewayV6 = _random.Next(2) == 0 ? Ip.Parse("fd00::1") : null,
        InternalMtu = _random.Next(3) == 0 ? 1300 : 1500,
        ExternalMtu = _random.Next(3) == 0 ? 1300 : 1500,
        Seed = (ulong)_random.NextInt64(),
        Ipvs = new IpvsSettings
        {
            ExpireNoDestConn = _random.Next(2) == 0,
            SloppyTcp = _random.Next(4) == 0,
            SecureTcp = _random.Next(4),
            DropEntry = _random.Next(4),
            DropPacket = _random.Next(3),
            ConnReuseMode = _random.Next(2),
        },
        SynProxy = new SynProxyOptions { Mode = (SynProxyMode)_random.Next(3) },
    };

    private ImmutableArray<VirtualServiceConfig> Services()
    {
        List<VirtualServiceConfig> all = [];
        foreach ((string vip, string inside) in new[] { (TestDirector.Vip, "10.0.0."), (TestDirector.Vip6, "fd00::") })
        {
            all.Add(Service(TransportProtocol.Tcp, vip, 80, inside, 8080));
            all.Add(Service(TransportProtocol.Tcp, vip, 21, inside, 21) with { Helper = "ftp" });
            all.Add(Service(TransportProtocol.Udp, vip, 53, inside, 5353) with { OnePacket = _random.Next(4) == 0 });
            all.Add(Service(TransportProtocol.Udp, vip, 69, inside, 69) with { Helper = "tftp" });
            all.Add(Calls(Service(TransportProtocol.Udp, vip, 5060, inside, 5060)));
            all.Add(Service(TransportProtocol.Sctp, vip, 3868, inside, _random.Next(2) == 0 ? (ushort)3868 : (ushort)3869));
        }

        return [.. all];
    }

    private VirtualServiceConfig Calls(VirtualServiceConfig service)
    {
        uint netmask = service.Address.IsV4 ? uint.MaxValue << (8 * _random.Next(2)) : 64u + (64u * (uint)_random.Next(2));
        bool persistent = _random.Next(8) > 0;
        return service with
        {
            OnePacket = _random.Next(3) > 0,
            Persistence = persistent ? new PersistenceConfig(TimeSpan.FromSeconds(_random.Next(1, 60)), netmask, "sip") : null,
            IdleEngine = persistent ? null : "sip",
        };
    }

    private VirtualServiceConfig Service(TransportProtocol protocol, string vip, ushort port, string inside, ushort serverPort)
    {
        string[] schedulers = [.. SchedulerNames.All.Where(name => name != "none")];
        ImmutableArray<RealServerConfig> servers = [.. Enumerable.Range(2, _random.Next(4)).Select(i => new RealServerConfig(Ip.Parse(inside + i), serverPort, _random.Next(4)))];
        return new VirtualServiceConfig(protocol, Ip.Parse(vip), port, schedulers[_random.Next(schedulers.Length)], servers)
        {
            Persistence = _random.Next(4) == 0 ? new PersistenceConfig(TimeSpan.FromSeconds(30), vip.Contains(':', StringComparison.Ordinal) ? 64u : uint.MaxValue) : null,
            OnServerLoss = _random.Next(2) == 0 ? ServerLoss.Reset : ServerLoss.Keep,
        };
    }
}
