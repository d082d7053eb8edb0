using System.Globalization;
using System.Text.Json;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>What a record says of the director after an event: counts of servers, templates, number of connections.</summary>
internal sealed class RecordChecks(TestDirector director, ServiceKey key)
{
    private static readonly string[] Known =
    [
        "open", "from", "to", "picked", "error", "close", "by", "datagram", "reply_from", "set_weight", "weight", "edit_server", "upper", "lower",
        "add_server", "remove_server", "ipvsadm", "exit", "sysctl", "value", "wait_seconds", "templates", "connections", "t", "conns",
    ];

    public void Order(JsonElement kernelOrder) =>
        Assert.Equal(kernelOrder.EnumerateArray().Select(s => s.GetString()), Servers().Select(NameOf));

    public void After(JsonElement step, string what)
    {
        Assert.All(step.EnumerateObject(), property => Assert.Contains(property.Name, Known));
        if (step.TryGetProperty("conns", out JsonElement counts))
        {
            Counts(counts, what);
        }

        if (step.TryGetProperty("templates", out JsonElement templates))
        {
            Templates(templates, step.GetProperty("connections").GetInt32(), what);
        }
    }

    private ServerSnapshot[] Servers() => [.. director.Core.SnapshotServices().FirstOrDefault(s => s.Key == key)?.Servers ?? []];

    private void Counts(JsonElement counts, string what)
    {
        bool several = counts.EnumerateObject().Any(c => c.Name.Contains("->", StringComparison.Ordinal));
        IEnumerable<string> expected = counts.EnumerateObject().Select(c => $"{c.Name}={c.Value[0]}/{c.Value[1]}");
        IEnumerable<string> actual = several
            ? director.Core.SnapshotServices().SelectMany(s => s.Servers.Select(r => $"{Prefix(s)} -> {Counted(r)}"))
            : Servers().Select(Counted);
        (string[] left, string[] right) = several
            ? ([.. expected.Order(StringComparer.Ordinal)], [.. actual.Order(StringComparer.Ordinal)])
            : (expected.ToArray(), actual.ToArray());
        Assert.True(left.SequenceEqual(right), $"counts after {what}\nexpected {string.Join(" ", left)}\nactual   {string.Join(" ", right)}");
    }

    private void Templates(JsonElement expected, int connections, string what)
    {
        ConnectionRecord[] all = [.. director.Connections()];
        ConnectionRecord[] templates = [.. all.Where(c => c.Kind == ConnectionKind.Template).OrderBy(Text, StringComparer.Ordinal)];
        Assert.Equal(expected.EnumerateArray().Select(Text).Order(StringComparer.Ordinal), templates.Select(Text));
        Assert.True(all.Length - templates.Length == connections, what);
        foreach (ConnectionRecord template in templates)
        {
            CheckTime(template, expected, what);
        }
    }

    /// <summary>Whole seconds rounded down; the kernel's timers and the recorder's clock are coarse, so one second more or less is the same.</summary>
    private static void CheckTime(in ConnectionRecord template, JsonElement expected, string what)
    {
        string text = Text(template);
        double seconds = template.RemainingMilliseconds / 1000.0;
        IEnumerable<int> times = expected.EnumerateArray().Where(t => Text(t) == text).Select(t => t.GetProperty("expires").GetInt32());
        Assert.True(times.Any(t => Math.Abs(t - seconds) <= 1.3), $"{what}: {text} expires in {seconds} s");
    }

    private static string NameOf(ServerSnapshot server) => server.Address.WithPort(server.Port);

    private static string Counted(ServerSnapshot server) => $"{NameOf(server)}={server.ActiveConnections}/{server.InactiveConnections}";

    private static string Prefix(ServiceSnapshot service) => service.Mark != 0
        ? $"FWM {service.Mark}"
        : $"{service.Protocol.ToString().ToUpperInvariant()} {service.Address.WithPort(service.Port)}";

    private static string Text(JsonElement template) =>
        string.Join(' ', new[] { "pro", "client", "virtual", "server", "state" }.Select(property => template.GetProperty(property).GetString()));

    private static string Text(ConnectionRecord template) => string.Create(CultureInfo.InvariantCulture,
        $"{(template.Protocol == 0 ? "IP" : template.Protocol.ToString().ToUpperInvariant())} {template.Client.WithPort(template.ClientPort)} "
        + $"{template.Virtual.WithPort(template.VirtualPort)} {template.Server.WithPort(template.ServerPort)} {template.State.ToString().ToUpperInvariant()}");
}
