namespace HaLvs.Stonith.Devices;

/// <summary>One [[node.fence]] entry, validated.</summary>
public sealed record FenceDeviceConfig
{
    public required string Target { get; init; }

    public int Level { get; init; } = 1;

    /// <summary>"ipmi", "agent" or "manual".</summary>
    public required string Type { get; init; }

    public string? Address { get; init; }

    public int Port { get; init; } = 623;

    public string? User { get; init; }

    /// <summary>File with the password; mode must deny group and others. Read at each use, so that it can be changed.</summary>
    public string? PasswordFile { get; init; }

    public int CipherSuite { get; init; } = 3;

    /// <summary>type = "agent": the program, absolute or found in /usr/sbin.</summary>
    public string? Program { get; init; }

    /// <summary>type = "agent": options for its standard input, key = value.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan OffTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    public int Attempts { get; init; } = 1;
}
