namespace HaLvs.Director.Sync;

/// <summary>Limits of the sync protocol. The defaults stand here and nowhere else; tests shorten them.</summary>
public sealed record SyncTiming
{
    /// <summary>A stream that has nothing to say says so this often.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A stream that was silent for so long is dead. At least four times <see cref="Idle"/>.</summary>
    public TimeSpan Dead { get; init; } = TimeSpan.FromMilliseconds(900);

    /// <summary>From the dial to the other side's Hello.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Pause after the first failed dial; doubles up to <see cref="LongestBackOff"/>.</summary>
    public TimeSpan ShortestBackOff { get; init; } = TimeSpan.FromMilliseconds(50);

    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Records in one batch: also how many are read or applied in one hold of the gate.</summary>
    public int BatchRecords { get; init; } = 512;

    /// <summary>Records that may be under way without acknowledgement; beyond it changes wait, coalesced, in the change log.</summary>
    public int WindowRecords { get; init; } = 16_384;

    /// <summary>A batch of more records than this is refused whatever its sender's version.</summary>
    public const int LargestBatchRecords = 4_096;
}
