namespace HaLvs.Linux.Offload;

/// <summary>
/// One established connection as the program needs it, both directions. The answer's translation is this one's turned round: what comes as
/// <see cref="ToInside"/> turned leaves as <see cref="FromOutside"/> turned.
/// </summary>
/// <param name="Protocol">IANA number: TCP, UDP, or SCTP where no port changes.</param>
/// <param name="Slot">Index into <see cref="OffloadProgram.Traffic"/>; one flow a slot at a time.</param>
/// <param name="FromOutside">A client's packet as it arrives.</param>
/// <param name="ToInside">The same packet as it leaves towards the real server.</param>
/// <param name="InsideHop">Index of the next hop towards the real server.</param>
/// <param name="OutsideHop">Index of the next hop towards the client.</param>
public readonly record struct OffloadFlow(
    byte Protocol, uint Slot, OffloadTuple FromOutside, OffloadTuple ToInside, ushort InsideHop, ushort OutsideHop)
{
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const byte Sctp = 132;

    internal bool IsV4 => FromOutside.IsV4;

    /// <summary>The program cannot compute a CRC32c: an SCTP port that changes is left to the user path.</summary>
    internal bool IsPossible =>
        ((FromOutside.IsV4 && ToInside.IsV4) || (FromOutside.IsV6 && ToInside.IsV6))
        && (Protocol is Tcp or Udp
            || (Protocol == Sctp && (FromOutside.SourcePort, FromOutside.DestinationPort) == (ToInside.SourcePort, ToInside.DestinationPort)));
}
