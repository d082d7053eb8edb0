using System.Collections.Immutable;
using System.Globalization;
using HaLvs.Director.Configuration.Values;
using HaLvs.Stonith.Devices;

namespace HaLvs.Director.Configuration;

/// <summary>Every key that a running director cannot change, with its value as text: old and new are compared and shown.</summary>
internal static class RestartKeys
{
    public static IEnumerable<string> Between(DirectorModel old, DirectorModel @new)
    {
        var before = All(old).ToDictionary(k => k.Key, k => k.Value);
        var after = All(@new).ToDictionary(k => k.Key, k => k.Value);
        foreach (string key in before.Keys.Union(after.Keys))
        {
            string left = before.GetValueOrDefault(key, "none");
            string right = after.GetValueOrDefault(key, "none");
            if (left != right)
            {
                yield return $"{key}: {left} to {right}";
            }
        }
    }

    private static IEnumerable<(string Key, string Value)> All(DirectorModel model) =>
        [.. Cluster(model.Cluster), .. Network(model.Network), .. Heartbeat(model.Heartbeat), .. model.Nodes.SelectMany(Node)];

    private static IEnumerable<(string Key, string Value)> Cluster(ClusterModel cluster) =>
    [
        ("cluster.name", cluster.Name),
        ("cluster.key-file", cluster.KeyFile),
        ("cluster.certificate-directory", cluster.CertificateDirectory),
        ("cluster.prefer", cluster.Prefer ?? "none"),
        ("cluster.auto-failback", cluster.AutoFailback ? "true" : "false"),
    ];

    private static IEnumerable<(string Key, string Value)> Network(NetworkModel network) =>
    [
        ("network.external", network.External),
        ("network.internal", network.Internal),
        ("network.virtual-addresses", List(network.VirtualAddresses)),
        ("network.gateway", $"{network.Gateway}/{network.GatewayPrefixLength}"),
        ("network.gateway6", network.Gateway6 is null ? "none" : $"{network.Gateway6}/{network.Gateway6PrefixLength}"),
        ("network.offload", network.Offload),
        ("network.connection-capacity", network.ConnectionCapacity.ToString(CultureInfo.InvariantCulture)),
    ];

    private static IEnumerable<(string Key, string Value)> Heartbeat(HeartbeatModel heartbeat) =>
    [
        ("heartbeat.interval", DurationText.Format(heartbeat.Interval)),
        ("heartbeat.warn", DurationText.Format(heartbeat.Warn)),
        ("heartbeat.dead", DurationText.Format(heartbeat.Dead)),
        ("heartbeat.start", DurationText.Format(heartbeat.Start)),
        ("heartbeat.ping", List(heartbeat.Ping)),
    ];

    private static IEnumerable<(string Key, string Value)> Node(NodeModel node) =>
    [
        ($"node {node.Name}", "present"),
        ($"node {node.Name}: sync", node.Sync?.ToString() ?? "none"),
        ($"node {node.Name}: links", List([.. node.Links.Select(l => l.Text)])),
        ($"node {node.Name}: fence", List([.. node.Fence.Select(Device)])),
    ];

    private static string Device(FenceDeviceConfig device)
    {
        string options = string.Join(' ', device.Options.Select(o => $"{o.Key}={o.Value}"));
        string[] parts =
        [
            $"level {device.Level}", device.Type, device.Address is null ? "" : $"{device.Address}:{device.Port} suite {device.CipherSuite}",
            device.User is null ? "" : $"user {device.User}", device.PasswordFile ?? "", device.Program ?? "", options,
            $"timeout {DurationText.Format(device.CommandTimeout)} off-timeout {DurationText.Format(device.OffTimeout)}",
            $"poll-interval {DurationText.Format(device.PollInterval)} attempts {device.Attempts}",
        ];
        return $"{{ {string.Join(", ", parts.Where(p => p.Length > 0))} }}";
    }

    private static string List<T>(ImmutableArray<T> items) => items.IsEmpty ? "none" : string.Join(", ", items);
}
