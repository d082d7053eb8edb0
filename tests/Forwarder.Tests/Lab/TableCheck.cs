using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Tests.Lab;

/// <summary>Looks at the table from the outside: every flow is found by both tuples, free slots add up, servers' counts are the flows'.</summary>
internal static class TableCheck
{
    public static bool IsWhole(ForwardingCore core)
    {
        FlowStore flows = core.Connections.Flows;
        int used = 0;
        int bound = 0;
        for (int slot = 1; slot <= flows.HighWater; slot++)
        {
            if (flows[slot].InUse)
            {
                used++;
                bound += flows[slot].ServerSlot != 0 ? 1 : 0;
            }
        }

        int counted = core.SnapshotServices().SelectMany(s => s.Servers).Sum(s => s.ActiveConnections + s.InactiveConnections);
        return used == flows.Count && flows.CountFree() + used == flows.Capacity && counted <= bound;
    }
}
