using HaLvs.Forwarder.Helpers;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// How far the sequence numbers of one direction are moved: bytes before sequence number <paramref name="From"/> (as the sender counts) by
/// <paramref name="Before"/>, bytes from there on by <paramref name="After"/>. All zero: not moved. Acknowledgements of the other direction move back.
/// Where both are the same, every number moves alike and <paramref name="From"/> has no meaning for it.
/// </summary>
public readonly record struct SequenceShift(uint From, int Before, int After) : IAcknowledgementMap
{
    public bool IsNone => (Before | After) == 0;

    /// <summary>A number of the sender, as the receiver is to see it.</summary>
    public uint Forward(uint sequence) => sequence + (uint)(IsBefore(sequence, From) ? Before : After);

    /// <summary>
    /// An acknowledgement of the receiver, as the sender is to see it. One that ends inside replaced bytes acknowledges no more than what was sent in
    /// their place so far: never the byte before the change, or its retransmission would be lost for ever.
    /// </summary>
    public uint Back(uint acknowledgement)
    {
        if (Before == After || !IsBefore(acknowledgement, From + (uint)After))
        {
            return acknowledgement - (uint)After;
        }

        uint moved = acknowledgement - (uint)Before;
        return IsBefore(moved, From) ? moved : From - 1;
    }

    /// <summary>Serial number arithmetic (RFC 1982), as TCP counts.</summary>
    internal static bool IsBefore(uint a, uint b) => (int)(a - b) < 0;
}
