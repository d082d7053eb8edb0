using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using HaLvs.Director.Commands.Ipvsadm.Parsing;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Values;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Import;

/// <summary>Services as [[service]] tables. What the configuration has no word for becomes a comment with the line it came from.</summary>
internal static class TomlText
{
    /// <param name="lineOf">Line of the rule that added a server.</param>
    public static string Of(
        ImmutableArray<VirtualServiceConfig> services, ConnectionTimeouts timeouts, IReadOnlyList<string> remarks, Func<ServiceKey, RealServerConfig, int> lineOf)
    {
        StringBuilder text = new();
        foreach (string remark in remarks)
        {
            Line(text, $"# {remark}");
        }

        AppendTimeouts(text, timeouts);
        foreach (VirtualServiceConfig service in services)
        {
            AppendService(text, service);
            foreach (RealServerConfig server in service.Servers)
            {
                AppendServer(text, server, lineOf(service.Key, server));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static void AppendTimeouts(StringBuilder text, ConnectionTimeouts timeouts)
    {
        if (timeouts != new ConnectionTimeouts())
        {
            Line(text, "[ipvs]");
            Line(text, $"{IpvsTable.Tcp.Name} = \"{DurationText.Format(timeouts.Tcp)}\"");
            Line(text, $"{IpvsTable.TcpFin.Name} = \"{DurationText.Format(timeouts.TcpFin)}\"");
            Line(text, $"{IpvsTable.Udp.Name} = \"{DurationText.Format(timeouts.Udp)}\"\n");
        }
    }

    private static void AppendService(StringBuilder text, VirtualServiceConfig service)
    {
        Line(text, "[[service]]");
        Line(text, service.Mark != 0
            ? $"mark = {service.Mark.ToString(CultureInfo.InvariantCulture)}  # give it to packets with a [[mark]] rule"
            : $"listen = \"{service.Address.WithPort(service.Port)}/{ListenText.Name(service.Protocol)}\"");
        Line(text, $"scheduler = \"{service.Scheduler}\"");
        string[] flags = SchedulerFlagText.Of(service.Scheduler, service.Options).Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (flags.Length > 0)
        {
            bool known = flags.All(f => !f.StartsWith("flag-", StringComparison.Ordinal));
            Line(text, $"{(known ? "" : "# without meaning: ")}scheduler-flags = [{string.Join(", ", flags.Select(f => $"\"{f}\""))}]");
        }

        AppendLosses(text, service);
        if (service.Persistence is { } persistence)
        {
            Line(text, $"persistence = {{ {string.Join(", ", Persistence(service, persistence))} }}");
        }

        if (service.OnePacket)
        {
            Line(text, "one-packet = true");
        }
    }

    /// <summary>What ipvsadm and the kernel take and the configuration does not.</summary>
    private static void AppendLosses(StringBuilder text, VirtualServiceConfig service)
    {
        if (service.Persistence is { } persistence && !IsWritable(service, persistence))
        {
            Line(text, $"# netmask {Ip.FromV4(persistence.Netmask)} (of ipvsadm -M) is not one of leading ones and is left out: each client counts by itself");
        }

        if ((service.Persistence?.Engine ?? service.IdleEngine) is { } engine && !HasEngine(service))
        {
            string why = service.Persistence is null ? "without -p it keeps nothing" : "it reads datagrams alone";
            Line(text, $"# persistence engine {engine} is left out: {why}");
        }
    }

    private static bool IsWritable(VirtualServiceConfig service, PersistenceConfig persistence) =>
        !service.Address.IsV4 || ClientMask.Parse(Ip.FromV4(persistence.Netmask).ToString()).Value is not null;

    private static bool HasEngine(VirtualServiceConfig service) =>
        service.Persistence?.Engine is not null && (service.Mark != 0 || service.Protocol == TransportProtocol.Udp);

    private static IEnumerable<string> Persistence(VirtualServiceConfig service, PersistenceConfig persistence)
    {
        yield return $"timeout = \"{DurationText.Format(persistence.Timeout)}\"";
        bool single = persistence.Netmask == (service.Address.IsV4 ? uint.MaxValue : 128);
        if (!single && IsWritable(service, persistence))
        {
            yield return $"netmask = \"{(service.Address.IsV4 ? Ip.FromV4(persistence.Netmask).ToString() : persistence.Netmask.ToString(CultureInfo.InvariantCulture))}\"";
        }

        if (HasEngine(service))
        {
            yield return $"engine = \"{persistence.Engine}\"";
        }
    }

    private static void AppendServer(StringBuilder text, RealServerConfig server, int line)
    {
        string address = server.Address.WithPort(server.Port);
        if (server.Method != ForwardingMethod.Masquerade)
        {
            string method = server.Method == ForwardingMethod.Route ? "direct routing (-g)" : "a tunnel (-i)";
            Line(text, $"# line {line.ToString(CultureInfo.InvariantCulture)}: {address}, weight {server.Weight.ToString(CultureInfo.InvariantCulture)}, is reached by {method}, "
                + "which this director does not do; make this director its default route and write it as a server");
            return;
        }

        Line(text, "[[service.server]]");
        Line(text, $"address = \"{(server.Port == 0 ? server.Address.ToString() : address)}\"");
        Line(text, $"weight = {Math.Min(server.Weight, ServerTable.MaximumWeight).ToString(CultureInfo.InvariantCulture)}");
        Threshold(text, ServerTable.UpperThreshold.Name, server.UpperThreshold);
        Threshold(text, ServerTable.LowerThreshold.Name, server.LowerThreshold);
    }

    private static void Threshold(StringBuilder text, string key, uint value)
    {
        if (value > 0)
        {
            Line(text, $"{key} = {value.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
