using System.Globalization;

namespace HaLvs.Lab.Tests;

/// <summary>How much is repeated. The suite fits into minutes; the acceptance runs set these variables.</summary>
public static class Settings
{
    /// <summary>Power cuts in a row, alternating the node.</summary>
    public static int Cuts => Number("HALVS_LAB_CUTS", 2);

    public static int Switchovers => Number("HALVS_LAB_SWITCHOVERS", 2);

    /// <summary>Connections held with numbered messages.</summary>
    public static int Connections => Number("HALVS_LAB_CONNECTIONS", 1000);

    /// <summary>How long a takeover must stay blocked while the power controller is out of reach.</summary>
    public static TimeSpan Blocked => TimeSpan.FromSeconds(Number("HALVS_LAB_BLOCKED_SECONDS", 8));

    /// <summary>How long a node that came back with its links unplugged is watched for a second fence.</summary>
    public static TimeSpan FenceLoopWatch => TimeSpan.FromSeconds(Number("HALVS_LAB_LOOP_SECONDS", 8));

    /// <summary>How long each SYN flood lasts.</summary>
    public static int FloodSeconds => Number("HALVS_LAB_FLOOD_SECONDS", 5);

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
