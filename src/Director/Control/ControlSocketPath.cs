namespace HaLvs.Director.Control;

/// <summary>Where operators and director meet.</summary>
public static class ControlSocketPath
{
    public const string Default = "/run/halvs/control.sock";

    public const string EnvironmentVariable = "HALVS_SOCKET";

    /// <summary>sockaddr_un.sun_path holds 108 bytes with the closing zero (unix(7)).</summary>
    public const int MaximumBytes = 107;

    public static string FromEnvironment() =>
        Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } path ? path : Default;
}
