using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>sysctls of net.ipv4.vs as a record sets them.</summary>
internal static class KernelSettings
{
    public static void Set(TestDirector director, string name, int value)
    {
        ForwardingCoreOptions options = director.Core.Options;
        director.Core.Configure(options with { Ipvs = With(options.Ipvs, name["net.ipv4.vs.".Length..], value) });
    }

    private static IpvsSettings With(IpvsSettings settings, string name, int value) => name switch
    {
        "expire_nodest_conn" => settings with { ExpireNoDestConn = value != 0 },
        "expire_quiescent_template" => settings with { ExpireQuiescentTemplate = value != 0 },
        "sloppy_tcp" => settings with { SloppyTcp = value != 0 },
        "secure_tcp" => settings with { SecureTcp = value },
        "conn_reuse_mode" => settings with { ConnReuseMode = value },
        "drop_entry" => settings with { DropEntry = value },
        "drop_packet" => settings with { DropPacket = value },
        "am_droprate" => settings with { DropRate = value },
        "lblc_expiration" => settings with { LblcExpiration = TimeSpan.FromSeconds(value) },
        "lblcr_expiration" => settings with { LblcrExpiration = TimeSpan.FromSeconds(value) },
        "nat_icmp_send" => settings with { NatIcmpSend = value != 0 },
        "conntrack" => settings, // Whether the kernel's own connection tracking sees the packets: nothing of ours.
        _ => throw new InvalidOperationException($"Unknown setting {name}"),
    };
}
