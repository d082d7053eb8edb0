namespace HaLvs.Linux.Offload;

/// <summary>How much memory the maps take; all of it at once, when they are made. A flow takes 256 bytes in IPv4, 352 in IPv6 (docs/adr/0019).</summary>
/// <param name="FlowsV4">IPv4 flows that fit; rounded up to a power of two, because the kernel's table has so many buckets anyway.</param>
/// <param name="FlowsV6">The same for IPv6.</param>
/// <param name="Slots">One more than the highest <see cref="OffloadFlow.Slot"/>.</param>
public readonly record struct OffloadLimits(int FlowsV4, int FlowsV6, int Slots)
{
    /// <summary>Two entries a flow; a hash map of the kernel holds fewer than 2^31.</summary>
    internal const int MostFlows = 1 << 29;

    internal static uint Entries(int flows) => 2 * System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(flows, 1, MostFlows));
}
