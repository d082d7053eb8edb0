using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Opening;

/// <summary>Which service takes a client's new flow, in the kernel's order (ip_vs_service_find of net/netfilter/ipvs/ip_vs_ctl.c).</summary>
internal sealed class ServiceLookup(ServiceTable services)
{
    private const ushort FtpPort = 21;
    private const ushort FtpDataPort = 20;
    private const ushort FirstUnprivilegedPort = 1024;

    public VirtualService? Find(in Packet packet, MarkRules marks, out ServiceMatch match)
    {
        match = ServiceMatch.Mark;
        if (marks.Find(in packet) is { } rule && services.Find(ServiceKey.OfMark(rule.Mark, !packet.Destination.IsV4)) is { } marked)
        {
            return marked;
        }

        match = ServiceMatch.Exact;
        if (Find(in packet, packet.DestinationPort) is { } exact)
        {
            return exact;
        }

        match = ServiceMatch.FtpData;
        if (MayBeFtpData(in packet) && Find(in packet, FtpPort) is { } ftp)
        {
            return ftp;
        }

        match = ServiceMatch.AnyPort;
        VirtualService? any = Find(in packet, 0);
        match = any is null ? ServiceMatch.None : match;
        return any;
    }

    private static bool MayBeFtpData(in Packet packet) =>
        packet.Protocol == TransportProtocol.Tcp && packet.DestinationPort is FtpDataPort or >= FirstUnprivilegedPort;

    private VirtualService? Find(in Packet packet, ushort port) => services.Find(new ServiceKey(packet.Protocol, packet.Destination, port));
}
