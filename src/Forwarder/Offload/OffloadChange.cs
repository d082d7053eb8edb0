using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Offload;

public enum OffloadChangeKind : byte
{
    /// <summary>The kernel may forward this flow from now on.</summary>
    Install = 0,

    /// <summary>It may not any more. Comes in the order of things: before an install of another flow with the same ends.</summary>
    Remove = 1,
}

/// <summary>One order to the kernel's cache of flows.</summary>
/// <param name="Slot">The flow's place in the table, for <see cref="IOffloadCache"/>.</param>
/// <param name="Stamp">Tells the lives of one slot apart.</param>
/// <param name="ServerSlot">The real server's place in the registry (<see cref="OffloadServer"/>); 0 for a masqueraded flow.</param>
/// <param name="Record">The flow's ends.</param>
public readonly record struct OffloadChange(OffloadChangeKind Kind, int Slot, uint Stamp, int ServerSlot, ConnectionRecord Record);

/// <summary>A real server that flows may point at.</summary>
/// <param name="Slot">As in <see cref="OffloadChange.ServerSlot"/>.</param>
/// <param name="IsConfigured">False: packets of its clients belong to the core, which drops them until the server comes back.</param>
public readonly record struct OffloadServer(int Slot, Packets.Ip Address, bool IsConfigured);
