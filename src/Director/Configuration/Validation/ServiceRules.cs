using System.Net;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>Each service has one name: a virtual address with its port, or a mark; checks fit their service.</summary>
internal static class ServiceRules
{
    public static void Check(DirectorConfig config, IssueList issues)
    {
        if (config.Services.Count == 0)
        {
            issues.Warning(Position.Start, "service", "there is no virtual service, so nothing is forwarded; add [[service]]");
        }

        var listens = new Dictionary<ListenAddress, int>();
        var marks = new Dictionary<(uint, bool), int>();
        foreach (ServiceConfig service in config.Services)
        {
            CheckName(service, issues);
            if (service.Listen is { } listen)
            {
                CheckVirtual(listen, config.Network.VirtualAddresses, issues);
                CheckOnce(listens, listen.Value, listen.At, "service.listen", $"{listen.Value}", issues);
            }
            else if (service.Mark is { } mark)
            {
                CheckOnce(marks, (mark.Value, service.IsV6), mark.At, "service.mark", $"mark {mark.Value}", issues);
            }

            CheckCheck(service, issues);
        }
    }

    private static void CheckName(ServiceConfig service, IssueList issues)
    {
        if (!service.ListenGiven && !service.MarkGiven)
        {
            issues.Error(service.At, "service.listen", "is missing; add listen = \"192.0.2.100:80/tcp\", or mark = 1");
        }
        else if (service.Listen is not null && service.Mark is { } mark)
        {
            issues.Error(mark.At, "service.mark", "names the service a second time; keep listen or mark, not both");
        }
    }

    private static void CheckOnce<T>(Dictionary<T, int> seen, T name, Position at, string key, string shown, IssueList issues)
        where T : notnull
    {
        if (!seen.TryAdd(name, at.Line))
        {
            issues.Error(at, key, $"{shown} is a service already (line {seen[name]}); put all its servers there");
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

    private static void CheckCheck(ServiceConfig service, IssueList issues)
    {
        if (service.Check is not { } check)
        {
            return;
        }

        if (check.Type is { Value: not "none" })
        {
            issues.Warning(check.At, "service.check", "is not carried out by this version: a dead server keeps its share until its weight is 0 or it is taken away");
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
