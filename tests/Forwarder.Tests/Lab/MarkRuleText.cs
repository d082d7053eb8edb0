using System.Globalization;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>The packet filter's rules of a record ("nft: prerouting ...: ip daddr 203.0.113.0/24 meta mark set 7; route add ...") as rules of our own.</summary>
internal static class MarkRuleText
{
    public static IEnumerable<MarkRule> Parse(string firewall) => firewall.Split(';')
        .Where(part => part.Contains("meta mark set", StringComparison.Ordinal))
        .Select(part => Rule(part.Split(": ")[^1].Trim().Split(' ')));

    private static MarkRule Rule(string[] words)
    {
        MarkRule rule = new(0, new IpPrefix(Ip.FromV4(0), 0));
        for (int i = 0; i < words.Length;)
        {
            string value = words[Math.Min(i + 2, words.Length - 1)];
            (rule, i) = (words[i], words[i + 1]) switch
            {
                ("ip" or "ip6", "daddr") => (rule with { Destination = Prefix(value) }, i + 3),
                ("ip" or "ip6", "saddr") => (rule with { Source = Prefix(value) }, i + 3),
                ("tcp", "dport") => (Ports(rule, value) with { Protocol = TransportProtocol.Tcp }, i + 3),
                ("udp", "dport") => (Ports(rule, value) with { Protocol = TransportProtocol.Udp }, i + 3),
                ("meta", "mark") when value == "set" => (rule with { Mark = uint.Parse(words[i + 3], CultureInfo.InvariantCulture) }, i + 4),
                _ => throw new InvalidOperationException($"Unknown in a rule: {string.Join(' ', words[i..])}"),
            };
        }

        return rule;
    }

    private static IpPrefix Prefix(string text)
    {
        string[] parts = text.Split('/');
        Ip network = Ip.Parse(parts[0]);
        return new IpPrefix(network, parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : network.IsV4 ? 32 : 128);
    }

    private static MarkRule Ports(MarkRule rule, string text)
    {
        string[] ends = text.Split('-');
        return rule with { FirstPort = ushort.Parse(ends[0], CultureInfo.InvariantCulture), LastPort = ushort.Parse(ends[^1], CultureInfo.InvariantCulture) };
    }
}
