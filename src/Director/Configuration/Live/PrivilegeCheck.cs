using System.Globalization;

namespace HaLvs.Director.Configuration.Live;

/// <summary>The effective capabilities of this process (capabilities(7), bit numbers of linux/capability.h).</summary>
internal static class PrivilegeCheck
{
    private static readonly (string Name, int Bit, string For)[] Needed =
    [
        ("CAP_NET_ADMIN", 12, "TUN, routes, addresses"),
        ("CAP_NET_RAW", 13, "gratuitous ARP"),
        ("CAP_NET_BIND_SERVICE", 10, "heartbeat ports below 1024"),
    ];

    public static LiveResult Look() => Judge(File.ReadLines("/proc/self/status").First(l => l.StartsWith("CapEff:", StringComparison.Ordinal)));

    internal static LiveResult Judge(string capEffLine)
    {
        ulong bits = ulong.Parse(capEffLine.Split(':')[1].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        string[] missing = [.. Needed.Where(c => (bits >> c.Bit & 1) == 0).Select(c => $"{c.Name} ({c.For})")];
        return missing.Length == 0
            ? LiveResult.Ok(string.Join(", ", Needed.Select(c => c.Name)))
            : LiveResult.Failed($"without {string.Join(", ", missing)}; run as root, or give the service these capabilities");
    }
}
