namespace HaLvs.Director.Configuration.Values;

/// <summary>A value, or why the text is none: "what is wrong; what would be right".</summary>
internal readonly record struct Parsed<T>(T? Value, string? Complaint)
{
    public static implicit operator Parsed<T>(T value) => new(value, null);
}

internal static class Parsed
{
    public static Parsed<T> Bad<T>(string complaint) => new(default, complaint);
}
