using System.Net.Sockets;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

public sealed partial class Rtnetlink
{
    /// <summary>False when exactly this rule stands already.</summary>
    public bool AddRule(RoutingRule rule)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_NEWRULE, NetlinkAbi.NLM_F_ACK | NetlinkAbi.NLM_F_CREATE | NetlinkAbi.NLM_F_EXCL);
            WriteRule(ref request, rule);
            return Change(request, $"add {rule}", Errno.EEXIST);
        }
    }

    /// <summary>False when it was not there.</summary>
    public bool DeleteRule(RoutingRule rule)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_DELRULE, NetlinkAbi.NLM_F_ACK);
            WriteRule(ref request, rule);
            return Change(request, $"delete {rule}", Errno.ENOENT);
        }
    }

    /// <summary>The rules of one protocol number.</summary>
    public IReadOnlyList<RoutingRule> Rules(byte protocol, AddressFamily family = AddressFamily.InterNetwork)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETRULE, NetlinkAbi.NLM_F_DUMP);
            request.Header(new FibRuleHdr { family = Family(family) });
            return _socket.Dump<RoutingRule>(request, "list rules", found => (_, body) =>
            {
                RoutingRule rule = ParseRule(body, family);
                if (rule.Protocol == protocol)
                    found.Add(rule);
            });
        }
    }

    private static void WriteRule(ref NetlinkRequest request, RoutingRule rule)
    {
        request.Header(new FibRuleHdr { family = Family(rule.Family), action = RtnetlinkAbi.FR_ACT_TO_TBL });
        request.Attribute(RtnetlinkAbi.FRA_IIFNAME, rule.IncomingInterface);
        request.Attribute(RtnetlinkAbi.FRA_TABLE, rule.Table);
        request.Attribute(RtnetlinkAbi.FRA_PRIORITY, rule.Priority);
        request.Attribute(RtnetlinkAbi.FRA_PROTOCOL, rule.Protocol);
    }

    private static RoutingRule ParseRule(ReadOnlySpan<byte> body, AddressFamily family)
    {
        NetlinkAttributes attributes = NetlinkAttributes.After(body, out FibRuleHdr header);
        string incoming = "";
        uint table = header.table, priority = 0;
        byte protocol = 0;
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RtnetlinkAbi.FRA_IIFNAME: incoming = attributes.Text; break;
                case RtnetlinkAbi.FRA_TABLE: table = attributes.UInt32; break;
                case RtnetlinkAbi.FRA_PRIORITY: priority = attributes.UInt32; break;
                case RtnetlinkAbi.FRA_PROTOCOL: protocol = attributes.Byte; break;
            }
        }

        return new RoutingRule(incoming, table, priority) { Family = family, Protocol = protocol };
    }
}
