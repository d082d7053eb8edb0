using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Netlink;

public sealed partial class Rtnetlink
{
    /// <summary>True when a filter hangs on the clsact qdisc of the interface, ingress or egress, whoever put it there.</summary>
    public bool HasFilters(int interfaceIndex) =>
        HasFilters(interfaceIndex, OffloadAttachAbi.TC_H_MIN_INGRESS) || HasFilters(interfaceIndex, OffloadAttachAbi.TC_H_MIN_EGRESS);

    private bool HasFilters(int interfaceIndex, uint hook)
    {
        lock (_gate)
        {
            NetlinkRequest request = Begin(OffloadAttachAbi.RTM_GETTFILTER, NetlinkAbi.NLM_F_DUMP);
            request.Header(new TcMsg { tcm_ifindex = interfaceIndex, tcm_parent = (OffloadAttachAbi.TC_H_CLSACT & 0xffff_0000) | hook });
            return _socket.Dump<int>(request, $"list the filters of interface {interfaceIndex}", found => (_, _) => found.Add(1)).Count > 0;
        }
    }
}
