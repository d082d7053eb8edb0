using System.Net;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>Services listen on virtual addresses, once each; helpers and checks fit their service.</summary>
internal static class ServiceRules
{
    public static void Check(DirectorConfig config, IssueList issues)
    {
        if (config.Services.Count == 0)
        {
            issues.Warning(Position.Start, "service", "there is no virtual service, so nothing is forwarded; add [[service]]");
        }

        var seen = new Dictionary<ListenAddress, int>();
        foreach (ServiceConfig service in config.Services)
        {
            if (service.Listen is { } listen)
            {
                CheckVirtual(listen, config.Network.VirtualAddresses, issues);
                if (!seen.TryAdd(listen.Value, listen.At.Line))
                {
                    issues.Error(listen.At, "service.listen", $"{listen.Value} is a service already (line {seen[listen.Value]}); put all its servers there");
                }
            }

            CheckHelper(service, issues);
            CheckCheck(service, issues);
        }
    }

    private static void CheckVirtual(Setting<ListenAddress> listen, IReadOnlyList<Setting<IPAddress>> known, IssueList issues)
    {
        if (known.Count > 0 && !known.Any(v => v.Value.Equals(listen.Value.Address)))
        {
            issues.Error(listen.At, "service.listen",
                $"{listen.Value.Address} is not one of network.virtual-addresses; use {string.Join(", ", known.Select(v => v.Value))}, or add it there");
        }
    }

    private static void CheckHelper(ServiceConfig service, IssueList issues)
    {
        if (service.Helper is not { } helper)
        {
            return;
        }

        if (service.Listen is { Value.Protocol: TransportProtocol.Udp })
        {
            issues.Error(helper.At, "service.helper", "ftp runs over tcp only; listen on tcp, or take the helper away");
        }
        else
        {
            issues.Warning(helper.At, "service.helper", "forwards the FTP control connection only in this version; data connections (PORT, PASV) are not followed yet");
        }
    }

    private static void CheckCheck(ServiceConfig service, IssueList issues)
    {
        if (service.Check is not { } check)
        {
            return;
        }

        if (check.Interval is { } interval && check.Timeout is { } timeout && timeout.Value > interval.Value)
        {
            (string key, Setting<TimeSpan> at) = timeout.Given ? ("timeout", timeout) : ("interval", interval);
            issues.Error(at.At, $"service.check.{key}",
                $"timeout ({DurationText.Format(timeout.Value)}) is longer than interval ({DurationText.Format(interval.Value)}): checks would pile up; shorten timeout");
        }

        if (check.Path is { } path && check.Type is { } type && type.Value != "http")
        {
            issues.Error(path.At, "service.check.path", $"is no key of a \"{type.Value}\" check; take it away, or write type = \"http\"");
        }
    }
}
