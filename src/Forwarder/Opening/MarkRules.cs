using System.Collections.Immutable;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Opening;

/// <summary>The ordered mark rules. Looked at for new flows, and for packets to addresses that are not virtual.</summary>
internal sealed class MarkRules(ImmutableArray<MarkRule> rules)
{
    private readonly MarkRule[] _rules = [.. rules];

    /// <summary>The first rule that matches, or null.</summary>
    public MarkRule? Find(in Packet packet)
    {
        foreach (MarkRule rule in _rules)
        {
            if (rule.Matches(in packet))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>Some rule is about this destination.</summary>
    public bool Claim(Ip destination)
    {
        foreach (MarkRule rule in _rules)
        {
            if (rule.Destination.Contains(destination))
            {
                return true;
            }
        }

        return false;
    }
}
