namespace HaLvs.Forwarder.Connections;

/// <summary>
/// Keyed hash of a tuple by folded 64×64→128-bit multiplications. The key comes from the seed, so that a client cannot choose
/// ports that all fall into one chain.
/// </summary>
internal sealed class FlowHash
{
    private readonly ulong _far;
    private readonly ulong _near;
    private readonly ulong _ports;
    private readonly ulong _last;

    public FlowHash(ulong seed)
    {
        SplitMix chance = new(seed);
        _far = chance.Next();
        _near = chance.Next();
        _ports = chance.Next();
        _last = chance.Next() | 1;
    }

    public uint Of(in FlowTuple tuple)
    {
        ulong ports = ((ulong)tuple.Protocol << 32) | ((ulong)tuple.FarPort << 16) | tuple.NearPort;
        ulong addresses = Fold(tuple.Far.Low ^ _far, tuple.Near.Low ^ _near);
        if ((tuple.Far.High | tuple.Near.High) != 0)
        {
            addresses ^= Fold(tuple.Far.High ^ _near, tuple.Near.High ^ _last);
        }

        ulong hash = Fold(addresses ^ _last, ports ^ _ports);
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
