using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>Persistence, one-packet scheduling, helpers and flags go with the service's protocol, port, family and scheduler, as ipvsadm and the kernel demand.</summary>
internal static class ServiceFeatureRules
{
    public static void Check(DirectorConfig config, IssueList issues)
    {
        foreach (ServiceConfig service in config.Services)
        {
            CheckPort(service, issues);
            CheckOnePacket(service, issues);
            CheckHelper(service, issues);
            CheckFlags(service, issues);
            CheckPersistence(service, issues);
        }
    }

    private static void CheckPort(ServiceConfig service, IssueList issues)
    {
        if (service is { Listen: { Value.Port: 0 } listen, Persistence: null })
        {
            issues.Error(listen.At, "service.listen", "port 0 is every port, which needs persistence: add persistence = { timeout = \"300s\" }, or write a port");
        }
    }

    private static void CheckOnePacket(ServiceConfig service, IssueList issues)
    {
        if (service is { OnePacket: { Value: true } flag, Protocol: TransportProtocol.Tcp or TransportProtocol.Sctp })
        {
            issues.Error(flag.At, "service.one-packet", $"is for udp: a {ListenText.Name(service.Protocol.Value)} connection is more than one packet; take it away");
        }
    }

    private static void CheckHelper(ServiceConfig service, IssueList issues)
    {
        if (service is { Helper: { } helper, Protocol: { } protocol })
        {
            TransportProtocol wanted = helper.Value == "tftp" ? TransportProtocol.Udp : TransportProtocol.Tcp;
            if (protocol != wanted)
            {
                string name = ListenText.Name(wanted);
                issues.Error(helper.At, "service.helper", $"{helper.Value} runs over {name} only; listen on {name}, or take the helper away");
            }
        }
    }

    private static void CheckFlags(ServiceConfig service, IssueList issues)
    {
        foreach (Setting<string> flag in service.SchedulerFlags)
        {
            string owner = SchedulerFlagNames.SchedulerOf(flag.Value);
            if (service.Scheduler is { } scheduler && scheduler.Value != owner)
            {
                issues.Error(flag.At, "service.scheduler-flags", $"{flag.Value} belongs to scheduler {owner}, not {scheduler.Value}; take it away, or write scheduler = \"{owner}\"");
            }
        }
    }

    private static void CheckPersistence(ServiceConfig service, IssueList issues)
    {
        if (service.Persistence is not { } persistence)
        {
            return;
        }

        if (persistence.Netmask is { Value.PrefixLength: not 0 } mask && (service.IsV6 ? mask.Value.IsV4Mask : mask.Value.PrefixLength > 32))
        {
            issues.Error(mask.At, "service.persistence.netmask", service.IsV6
                ? "is a mask of IPv4 and the service is IPv6; write a prefix length like \"64\""
                : $"{mask.Value.PrefixLength} is longer than an IPv4 address; write a mask like \"255.255.255.0\"");
        }

        if (persistence.Netmask is { Value.PrefixLength: 0 } none && service.IsV6)
        {
            issues.Error(none.At, "service.persistence.netmask", "0 is too short for IPv6; write 1 or more");
        }

        if (persistence.Engine is { } engine && service.Protocol is not (null or TransportProtocol.Udp))
        {
            issues.Error(engine.At, "service.persistence.engine", $"{engine.Value} reads datagrams; listen on udp, or take the engine away");
        }
    }
}
