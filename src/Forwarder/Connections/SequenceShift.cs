namespace HaLvs.Forwarder.Connections;

/// <summary>
/// How far the sequence numbers of one direction are moved: bytes before sequence number <paramref name="From"/> (as the sender counts) by
/// <paramref name="Before"/>, bytes from there on by <paramref name="After"/>. All zero: not moved. Acknowledgements of the other direction move back.
/// </summary>
public readonly record struct SequenceShift(uint From, int Before, int After)
{
    public bool IsNone => (Before | After) == 0;
}
