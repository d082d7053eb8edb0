using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Scheduling;

namespace HaLvs.Forwarder.Services;

/// <summary>
/// What the kernel and ipvsadm refuse (ip_vs_add_service, ip_vs_add_dest, ipvsadm's own rules for port 0 and one-packet scheduling).
/// </summary>
internal static class ServiceRules
{
    /// <summary>The kernel's word for a service without a scheduler: it is kept and listed, and takes no connection.</summary>
    public const string NoScheduler = "none";

    /// <summary>The only persistence engine, for Call-IDs of SIP over UDP.</summary>
    public const string SipEngine = "sip";

    public static ServiceOutcome Check(VirtualServiceConfig config)
    {
        if (config.Scheduler != NoScheduler && !SchedulerNames.IsKnown(config.Scheduler))
        {
            return ServiceOutcome.UnknownScheduler;
        }

        if ((config.Persistence?.Engine ?? config.IdleEngine) is not (null or SipEngine))
        {
            return ServiceOutcome.UnknownScheduler; // The kernel has one error for both.
        }

        ServiceKey key = config.Key;
        bool known = key.Mark != 0 || key.Protocol is TransportProtocol.Tcp or TransportProtocol.Udp or TransportProtocol.Sctp;
        bool anyPort = key.Mark == 0 && key.Port == 0;
        bool datagrams = key.Mark != 0 || key.Protocol == TransportProtocol.Udp;
        if (!known || (anyPort && config.Persistence is null) || (config.OnePacket && !datagrams))
        {
            return ServiceOutcome.Invalid;
        }

        return config.Persistence is { } persistence ? Check(persistence, key) : ServiceOutcome.Done;
    }

    public static ServiceOutcome Check(ServiceKey service, RealServerConfig config)
    {
        if (config.Weight < 0 || config.LowerThreshold > config.UpperThreshold)
        {
            return ServiceOutcome.OutOfRange;
        }

        bool sameFamily = config.Address.IsV4 == service.Address.IsV4 || config.Method == ForwardingMethod.Tunnel;
        return sameFamily && IsHost(config.Address) ? ServiceOutcome.Done : ServiceOutcome.Invalid;
    }

    private static ServiceOutcome Check(PersistenceConfig persistence, ServiceKey key)
    {
        if (persistence.Timeout <= TimeSpan.Zero)
        {
            return ServiceOutcome.OutOfRange;
        }

        return key.Address.IsV4 || persistence.Netmask is >= 1 and <= 128 ? ServiceOutcome.Done : ServiceOutcome.Invalid;
    }

    /// <summary>Neither unspecified nor multicast nor broadcast; IPv6 link-local addresses would need an interface.</summary>
    private static bool IsHost(Ip address)
    {
        if (address.IsV4)
        {
            return (address.V4 >> 24) is > 0 and (< 224 or >= 240) && address.V4 != uint.MaxValue;
        }

        bool multicast = address.High >> 56 == 0xff;
        bool linkLocal = address.High >> 54 == 0xfe80 >> 6;
        return address != default && !multicast && !linkLocal;
    }
}
