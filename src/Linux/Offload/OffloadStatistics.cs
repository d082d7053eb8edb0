using HaLvs.Linux.Interop;

namespace HaLvs.Linux.Offload;

/// <summary>Packets since the program was loaded, by what became of them.</summary>
public sealed class OffloadStatistics
{
    private readonly ulong[] _packets;

    internal OffloadStatistics(ulong[] packets) => _packets = packets;

    public ulong this[OffloadReason reason] => _packets[(int)reason];

    public ulong Forwarded => this[OffloadReason.Forwarded];

    /// <summary>Left to the user path, whatever the reason.</summary>
    public ulong Left
    {
        get
        {
            ulong sum = 0;
            for (int i = OffloadAbi.NAT_FORWARDED + 1; i < OffloadAbi.NAT_FAILED; i++)
                sum += _packets[i];
            return sum;
        }
    }
}
