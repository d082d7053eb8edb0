using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>Looks at the table from the outside: free slots add up, servers' counts are the flows', every Call-ID is that of one template and finds it.</summary>
internal static class TableCheck
{
    public static bool IsWhole(ForwardingCore core)
    {
        FlowStore flows = core.Connections.Flows;
        int used = 0;
        int bound = 0;
        int calls = 0;
        bool found = true;
        for (int slot = 1; slot <= flows.HighWater; slot++)
        {
            if (flows[slot].InUse)
            {
                used++;
                bound += flows[slot].ServerSlot != 0 ? 1 : 0;
                if (flows[slot].Call is not 0 and int call)
                {
                    calls++;
                    int at = core.Connections.Calls.Find(OutsideSide.TupleOf(in flows[slot]), core.Connections.Calls.DigestOf(call));
                    found &= at != 0 && flows[at].InUse && flows[at].Kind == ConnectionKind.Template;
                }
            }
        }

        int counted = core.SnapshotServices().SelectMany(s => s.Servers).Sum(s => s.ActiveConnections + s.InactiveConnections);
        return found && calls == core.Connections.Calls.Count && used == flows.Count && flows.CountFree() + used == flows.Capacity && counted <= bound;
    }
}
