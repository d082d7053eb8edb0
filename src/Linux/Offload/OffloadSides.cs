using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>
/// What an interface faces. Packets of clients are taken from either side, as the route to the virtual address takes them; answers only from inside, as
/// the rule "iif INTERNAL" does. An interface with both networks on it faces both.
/// </summary>
[Flags]
public enum OffloadSides : ushort
{
    None = 0,
    Outside = OffloadAbi.NAT_SIDE_OUTSIDE,
    Inside = OffloadAbi.NAT_SIDE_INSIDE,
    Both = Outside | Inside,
}
