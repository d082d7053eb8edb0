namespace HaLvs.Linux.Offload;

/// <summary>Addresses and ports of a packet in host order; an IPv4 address stands as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).</summary>
public readonly record struct OffloadTuple(UInt128 Source, UInt128 Destination, ushort SourcePort, ushort DestinationPort)
{
    internal bool IsV4 => IsMapped(Source) && IsMapped(Destination);

    internal bool IsV6 => !IsMapped(Source) && !IsMapped(Destination);

    /// <summary>The tuple of the answer.</summary>
    public OffloadTuple Turned => new(Destination, Source, DestinationPort, SourcePort);

    private static bool IsMapped(UInt128 address) => address >> 32 == 0xffff;
}
