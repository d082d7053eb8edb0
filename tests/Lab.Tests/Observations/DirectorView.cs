using System.Text.Json;

namespace HaLvs.Lab.Tests.Observations;

/// <summary>What `halvs status --json` says of one director, as far as a test asks.</summary>
/// <param name="Role">Lower case: passive, standby, fencing, taking, active, releasing, stopped.</param>
/// <param name="Health">healthy, degraded, blocked.</param>
/// <param name="InSync">The pair's copy is complete.</param>
/// <param name="Blocked">Why no takeover happens and what to do; null when none is due.</param>
public sealed record DirectorView(
    string Role, string? Active, ulong Epoch, string Health, bool PeerAlive, bool InSync, string? Blocked, IReadOnlyDictionary<string, string> Links)
{
    public static DirectorView Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var peer = root.TryGetProperty("peer", out var p) && p.ValueKind == JsonValueKind.Object ? p : default(JsonElement?);
        return new DirectorView(
            root.GetProperty("role").GetString()!.ToLowerInvariant(),
            Text(root, "active"),
            root.GetProperty("epoch").GetUInt64(),
            root.GetProperty("health").GetString()!,
            peer?.GetProperty("alive").GetBoolean() ?? false,
            peer?.GetProperty("inSync").GetBoolean() ?? false,
            Text(root, "blocked"),
            root.GetProperty("links").EnumerateArray().ToDictionary(l => l.GetProperty("name").GetString()!, l => l.GetProperty("state").GetString()!));
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
