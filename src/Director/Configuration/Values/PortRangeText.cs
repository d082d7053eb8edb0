using System.Globalization;

namespace HaLvs.Director.Configuration.Values;

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal readonly record struct PortRange(ushort First, ushort Last)
{
    public override string ToString() =>
        First == Last ? First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");
}

/// <summary>"80" or "8000-8099".</summary>
internal static class PortRangeText
{
    public static Parsed<PortRange> Parse(string text)
    {
        string[] parts = text.Split('-');
        Parsed<ushort> first = Ipv4Text.Port(parts[0]), last = Ipv4Text.Port(parts[^1]);
        return parts.Length > 2 || first.Complaint is not null || last.Complaint is not null
                ? Parsed.Bad<PortRange>($"\"{text}\" is not a port or a range of ports; write \"80\" or \"8000-8099\", from 1 to 65535")
            : first.Value > last.Value ? Parsed.Bad<PortRange>($"\"{text}\" runs backwards; write \"{last.Value}-{first.Value}\"")
            : new PortRange(first.Value, last.Value);
    }
}
