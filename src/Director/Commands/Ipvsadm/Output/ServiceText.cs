using System.Globalization;
using System.Net;
using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Director.Commands.Ipvsadm.Parsing;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Ipvsadm.Output;

/// <summary>What names a service and how it schedules, in the words of a listing or of a rule.</summary>
internal static class ServiceText
{
    private const int Column = 33;

    /// <summary>"TCP  192.0.2.100:80", "FWM  7 IPv6".</summary>
    public static string Name(VirtualServiceConfig service, INameSource names, ListingFormat format)
    {
        if (service.Mark != 0)
        {
            return $"FWM  {unchecked((int)service.Mark).ToString(CultureInfo.InvariantCulture)}{(service.Address.IsV4 ? "" : " IPv6")}";
        }

        string protocol = service.Protocol switch
        {
            TransportProtocol.Tcp => "TCP",
            TransportProtocol.Udp => "UDP",
            TransportProtocol.Sctp => "SCTP",
            _ => "?",
        };
        return EndText.Cut($"{protocol,-4} {EndText.Of(service.Address, service.Port, service.Protocol, names, format)}", service.Address.IsV4, Column);
    }

    /// <summary>"-t 192.0.2.100:80", "-f 7 -6".</summary>
    public static string Option(VirtualServiceConfig service, INameSource names, ListingFormat format)
    {
        if (service.Mark != 0)
        {
            return $"-f {unchecked((int)service.Mark).ToString(CultureInfo.InvariantCulture)}{(service.Address.IsV4 ? "" : " -6")}";
        }

        string option = service.Protocol switch
        {
            TransportProtocol.Tcp => "-t",
            TransportProtocol.Udp => "-u",
            _ => "--sctp-service",
        };
        return $"{option} {EndText.Of(service.Address, service.Port, service.Protocol, names, format)}";
    }

    /// <summary>" wlc (sh-port) persistent 60 mask 255.255.255.0 ops".</summary>
    public static string Settings(VirtualServiceConfig service)
    {
        return $" {service.Scheduler}" + (service.Options != SchedulerOptions.None ? $" ({SchedulerFlagText.Of(service.Scheduler, service.Options)})" : "")
            + (service.Persistence is { } p ? $" persistent {Seconds(p)}{Mask(service, " mask ")}{(p.Engine is null ? "" : $" pe {p.Engine}")}" : "")
            + (service.OnePacket ? " ops" : "");
    }

    /// <summary>" -s wlc -p 60 -M 255.255.255.0 --pe sip -o -b sh-port".</summary>
    public static string Rule(VirtualServiceConfig service)
    {
        string flags = SchedulerFlagText.Of(service.Scheduler, service.Options);
        return $" -s {service.Scheduler}"
            + (service.Persistence is { } p ? $" -p {Seconds(p)}{Mask(service, " -M ")}" : "")
            + ((service.Persistence?.Engine ?? service.IdleEngine) is { } engine ? $" --pe {engine}" : "")
            + (service.OnePacket ? " -o" : "") + (flags.Length > 0 ? $" -b {flags}" : "");
    }

    private static string Seconds(PersistenceConfig persistence) => FixedWidth.Number((long)persistence.Timeout.TotalSeconds);

    /// <summary>Nothing when the mask is that of single clients.</summary>
    private static string Mask(VirtualServiceConfig service, string lead)
    {
        uint mask = service.Persistence!.Netmask;
        if (service.Address.IsV4)
        {
            return mask == uint.MaxValue ? "" : lead + new IPAddress([(byte)(mask >> 24), (byte)(mask >> 16), (byte)(mask >> 8), (byte)mask]);
        }

        return mask == 128 ? "" : lead + FixedWidth.Number(mask);
    }
}
