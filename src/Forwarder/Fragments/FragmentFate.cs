namespace HaLvs.Forwarder.Fragments;

/// <summary>What becomes of the fragments of a datagram; the first one decides.</summary>
internal enum FragmentFate : byte
{
    /// <summary>The first has not come: the others are held.</summary>
    Waiting = 0,

    /// <summary>New addresses, and the hop given back.</summary>
    Translated,

    /// <summary>An echo request to a virtual address: it goes back piece by piece.</summary>
    Echoed,

    /// <summary>None of ours.</summary>
    Passed,

    /// <summary>The first was dropped, or answered.</summary>
    Refused,

    /// <summary>Pieces overlapped: nothing more of it goes anywhere.</summary>
    Spoilt,
}
