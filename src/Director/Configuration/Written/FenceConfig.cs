using HaLvs.Director.Configuration.Issues;

namespace HaLvs.Director.Configuration.Written;

/// <param name="At">The header of the table.</param>
internal sealed record FenceConfig(Position At)
{
    public Setting<string>? Type { get; init; }

    public Setting<int>? Level { get; init; }

    public Setting<string>? Address { get; init; }

    public Setting<string>? User { get; init; }

    public Setting<string>? PasswordFile { get; init; }

    public Setting<int>? Port { get; init; }

    public Setting<int>? CipherSuite { get; init; }

    public Setting<string>? Program { get; init; }

    /// <summary>Name and value, in file order.</summary>
    public IReadOnlyList<(string Name, Setting<string> Value)> Options { get; init; } = [];

    public Setting<TimeSpan>? Timeout { get; init; }

    public Setting<TimeSpan>? OffTimeout { get; init; }

    public Setting<TimeSpan>? PollInterval { get; init; }

    public Setting<int>? Attempts { get; init; }
}
