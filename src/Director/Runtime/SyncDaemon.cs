using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Runtime;

/// <summary>
/// A sync daemon of ipvsadm --start-daemon, kept and listed for programs that start one: the pair syncs by itself (ADR 0016). Zero and null ask for the
/// kernel's default (net/netfilter/ipvs/ip_vs_sync.c).
/// </summary>
/// <param name="MaximumLength">Bytes of a sync message.</param>
public sealed record SyncDaemon(bool Master, string Interface, int SyncId, int MaximumLength, Ip? Group, int Port, int Ttl)
{
    private const int DefaultPort = 8848;

    /// <summary>As the kernel would run it on an interface of this MTU.</summary>
    public SyncDaemon WithDefaults(int mtuBytes)
    {
        Ip group = Group ?? Ip.Parse("224.0.0.81");
        int headers = (group.IsV4 ? 20 : 40) + 8;
        int mtu = Master ? 1500 : Math.Clamp(mtuBytes, 1500, 65_535);
        int length = MaximumLength == 0 ? mtu - headers : Math.Clamp(MaximumLength, Master ? 1 : 1024, 65_535 - headers);
        return this with { Group = group, MaximumLength = length, Port = Port == 0 ? DefaultPort : Port, Ttl = Ttl == 0 ? 1 : Ttl };
    }
}
