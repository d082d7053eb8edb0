using System.Net;
using System.Net.Sockets;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

public sealed partial class Rtnetlink
{
    /// <summary>RT_TABLE_LOCAL of linux/rtnetlink.h.</summary>
    private const uint LocalTable = 255;

    /// <summary>Rules of the local table that may stand before ours.</summary>
    private const int LargestDisorder = 8;

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

    /// <summary>
    /// Puts a rule of priority 0 before the rule of the local table, which stands there too: the kernel keeps rules of one priority in the order of adding,
    /// so ours is added, the local one a second time behind it, and the first one deleted. At no moment is there none. Interrupted, the next call
    /// finishes it. Once ours is deleted, everything is as before.
    /// </summary>
    public void PutRuleBeforeLocal(RoutingRule rule)
    {
        RoutingRule local = new("", LocalTable, 0) { Family = rule.Family };
        AddRule(rule);
        for (int i = 0; i < LargestDisorder; i++)
        {
            List<RoutingRule> first = AllRules(rule.Family).FindAll(r => r.Priority == 0);
            int ours = first.IndexOf(rule);
            if (first.FindIndex(IsLocal) is var front && (front < 0 || front > ours))
                return;

            if (first.FindLastIndex(IsLocal) < ours)
                AddRuleAgain(local);
            DeleteRule(local);
        }

        throw new LinuxException($"put {rule} before the rule of the local table: it does not stay there. Look at `ip rule`.");

        static bool IsLocal(RoutingRule r) => r is { Table: LocalTable, Destination: null, IncomingInterface: "" };
    }

    /// <summary>The rules of one protocol number.</summary>
    public IReadOnlyList<RoutingRule> Rules(byte protocol, AddressFamily family = AddressFamily.InterNetwork) =>
        [.. AllRules(family).Where(r => r.Protocol == protocol)];

    /// <summary>Also when one like it stands already.</summary>
    private void AddRuleAgain(RoutingRule rule)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_NEWRULE, NetlinkAbi.NLM_F_ACK | NetlinkAbi.NLM_F_CREATE);
            WriteRule(ref request, rule);
            Change(request, $"add {rule}", Errno.EEXIST);
        }
    }

    private List<RoutingRule> AllRules(AddressFamily family)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(RtnetlinkAbi.RTM_GETRULE, NetlinkAbi.NLM_F_DUMP);
            request.Header(new FibRuleHdr { family = Family(family) });
            return _socket.Dump<RoutingRule>(request, "list rules", found => (_, body) =>
                found.Add(ParseRule(body, family)));
        }
    }

    private static void WriteRule(ref NetlinkRequest request, RoutingRule rule)
    {
        byte destinationBits = (byte)(rule.Destination is null ? 0 : rule.Destination.GetAddressBytes().Length * 8);
        request.Header(new FibRuleHdr { family = Family(rule.Family), action = RtnetlinkAbi.FR_ACT_TO_TBL, dst_len = destinationBits });
        if (rule.Destination is not null)
            request.Attribute(RtnetlinkAbi.FRA_DST, rule.Destination);
        if (rule.IncomingInterface.Length > 0)
            request.Attribute(RtnetlinkAbi.FRA_IIFNAME, rule.IncomingInterface);
        request.Attribute(RtnetlinkAbi.FRA_TABLE, rule.Table);
        request.Attribute(RtnetlinkAbi.FRA_PRIORITY, rule.Priority);
        if (rule.Transport != 0)
            request.Attribute(RtnetlinkAbi.FRA_IP_PROTO, rule.Transport);
        if (rule.Protocol != 0)
            request.Attribute(RtnetlinkAbi.FRA_PROTOCOL, rule.Protocol);
    }

    private static RoutingRule ParseRule(ReadOnlySpan<byte> body, AddressFamily family)
    {
        NetlinkAttributes attributes = NetlinkAttributes.After(body, out FibRuleHdr header);
        string incoming = "";
        uint table = header.table, priority = 0;
        byte protocol = 0, transport = 0;
        IPAddress? destination = null;
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case RtnetlinkAbi.FRA_DST: destination = attributes.Address; break;
                case RtnetlinkAbi.FRA_IIFNAME: incoming = attributes.Text; break;
                case RtnetlinkAbi.FRA_TABLE: table = attributes.UInt32; break;
                case RtnetlinkAbi.FRA_PRIORITY: priority = attributes.UInt32; break;
                case RtnetlinkAbi.FRA_PROTOCOL: protocol = attributes.Byte; break;
                case RtnetlinkAbi.FRA_IP_PROTO: transport = attributes.Byte; break;
            }
        }

        return new RoutingRule(incoming, table, priority) { Family = family, Protocol = protocol, Destination = destination, Transport = transport };
    }
}
