using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using HaLvs.Director.Drills;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Commands.Documents;

/// <summary>All JSON that halvs prints: made at build time (NativeAOT), camelCase, null members present so that a script can rely on them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(EventDocument))]
[JsonSerializable(typeof(ConnectionDocument))]
[JsonSerializable(typeof(ExplainDocument))]
[JsonSerializable(typeof(OutcomeDocument))]
[JsonSerializable(typeof(TrafficReport))]
[JsonSerializable(typeof(DrillReport))]
public sealed partial class DocumentContext : JsonSerializerContext
{
    public static DocumentContext Readable { get; } = new(Printed(indented: true));

    public static DocumentContext OneLine { get; } = new(Printed(indented: false));

    /// <summary>For terminals and files, not for HTML: arrows and quotes stay readable.</summary>
    private static JsonSerializerOptions Printed(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = indented,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
