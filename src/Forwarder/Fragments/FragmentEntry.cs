using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Fragments;

/// <summary>One datagram whose fragments are under way. Numbers link it into its chains; 0 ends a chain.</summary>
internal struct FragmentEntry
{
    public FragmentKey Key;
    public FragmentFate Fate;

    /// <summary>Addresses that each fragment leaves with.</summary>
    public Ip Source;
    public Ip Destination;

    /// <summary>Whose traffic it counts as; null: no real server's.</summary>
    public RealServer? Server;

    public long BornAt;
    public long LastAt;

    /// <summary>Units of eight bytes that came, and all of them together; 0: not known before the last fragment.</summary>
    public int UnitsSeen;
    public int UnitsInAll;

    /// <summary>Fragments held in order of arrival, in <see cref="HeldFragments"/>, and the blocks that they take.</summary>
    public int FirstHeld;
    public int LastHeld;
    public int BlocksHeld;

    public int ChainNext;
    public int YoungerNext;
    public int OlderPrevious;

    public readonly bool IsComplete => UnitsInAll != 0 && UnitsSeen == UnitsInAll;
}
