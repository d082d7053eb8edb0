using System.Text.Json;
using HaLvs.Lab.Tests.Network;

namespace HaLvs.Lab.Tests.Observations;

/// <summary>`halvs connections --json` of one director, reduced to what both nodes must agree on: tuple, server, state.</summary>
public static class ConnectionTable
{
    public static async Task<IReadOnlyList<string>> OfAsync(string director)
    {
        var result = await LabNetwork.InsideAsync(director, TimeSpan.FromSeconds(10), "halvs", "connections", "--json");
        using var document = JsonDocument.Parse(result.OutputOrFail());
        var root = document.RootElement;
        var list = root.ValueKind == JsonValueKind.Array ? root : root.GetProperty("connections");
        return [.. list.EnumerateArray().Select(Line).Order(StringComparer.Ordinal)];
    }

    private static string Line(JsonElement connection) =>
        string.Join(' ', new[] { "protocol", "client", "virtual", "server", "state" }.Select(name => connection.GetProperty(name).GetString()));
}
