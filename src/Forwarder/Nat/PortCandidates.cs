using HaLvs.Forwarder.Connections;

namespace HaLvs.Forwarder.Nat;

/// <summary>The ports to try, one after the other; see <see cref="PortSearch"/>.</summary>
internal struct PortCandidates(PortBlock block, int attempts, ulong seed)
{
    private readonly PortBlock _block = block;
    private int _left = attempts;
    private SplitMix _chance = new(seed);

    /// <summary>False: there have been enough.</summary>
    public bool TryNext(out ushort port)
    {
        port = (ushort)(_block.First + (int)(_chance.Next() % (uint)_block.Count));
        return _left-- > 0;
    }
}
