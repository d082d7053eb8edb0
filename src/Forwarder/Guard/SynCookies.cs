using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Guard;

/// <summary>
/// SYN cookies (RFC 4987 section 3.6): a sequence number that says what we would have had to remember. 24 bits of keyed hash over the connection, the
/// client's sequence number and the time; 4 bits window scale, 1 bit SACK, 2 bits segment size, 1 bit of the time. So a client keeps these options
/// without the timestamps that others hide them in. The key is new every 64 seconds; a cookie is good for 64 to 128.
/// </summary>
internal sealed class SynCookies
{
    /// <summary>Milliseconds of an epoch, as a shift.</summary>
    private const int EpochShift = 16;
    private const uint HashMask = 0xffff_ff00;
    private static readonly ushort[] SizesV4 = [536, 1300, 1400, 1460];
    private static readonly ushort[] SizesV6 = [1220, 1300, 1380, 1440];
    private readonly ulong _key0;
    private readonly ulong _key1;

    public SynCookies(ulong seed)
    {
        SplitMix chance = new(seed ^ 0x5e_c0_0c_1e_5e_c0_0c_1e);
        _key0 = chance.Next();
        _key1 = chance.Next();
    }

    /// <param name="tuple">Client (far) and virtual address (near).</param>
    /// <param name="sequence">The client's initial sequence number.</param>
    public uint Make(in FlowTuple tuple, uint sequence, SynOptions options, long now)
    {
        long epoch = now >> EpochShift;
        uint told = Tell(in tuple, options) | (uint)(epoch & 1);
        return (Hash(in tuple, sequence, told, epoch) & HashMask) | told;
    }

    /// <summary>False: none of ours, or too old.</summary>
    public bool TryRead(in FlowTuple tuple, uint sequence, uint cookie, long now, out SynOptions options)
    {
        long epoch = now >> EpochShift;
        epoch -= (epoch ^ cookie) & 1;
        uint told = cookie & ~HashMask;
        options = new SynOptions((tuple.Far.IsV4 ? SizesV4 : SizesV6)[(told >> 1) & 3], (byte)(told >> 4), (told & 8) != 0);
        return (Hash(in tuple, sequence, told, epoch) & HashMask) == (cookie & HashMask);
    }

    private static uint Tell(in FlowTuple tuple, SynOptions options)
    {
        ushort[] sizes = tuple.Far.IsV4 ? SizesV4 : SizesV6;
        int size = sizes.Length - 1;
        while (size > 0 && sizes[size] > options.MaximumSegment)
        {
            size--;
        }

        return ((uint)options.Scale << 4) | (options.Sack ? 8u : 0) | ((uint)size << 1);
    }

    private uint Hash(in FlowTuple tuple, uint sequence, uint told, long epoch)
    {
        SipHash secret = new(_key0, _key1);
        secret.Add((ulong)epoch);
        SipHash hash = new(secret.Finish(), _key1);
        hash.Add(tuple.Far.High);
        hash.Add(tuple.Far.Low);
        hash.Add(tuple.Near.High);
        hash.Add(tuple.Near.Low);
        hash.Add(((ulong)sequence << 32) | ((uint)tuple.FarPort << 16) | tuple.NearPort);
        hash.Add(told);
        return (uint)hash.Finish();
    }
}
