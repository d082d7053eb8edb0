using HaLvs.Director.Sync.Wire;

namespace HaLvs.Director.Sync.Source;

/// <summary>What was sent and not yet acknowledged, in messages and records. One thread.</summary>
internal sealed class AckWindow(int limitRecords)
{
    private readonly Queue<(ulong Sequence, int Records)> _sent = new();

    public ulong LastSent { get; private set; }

    public ulong LastAcknowledged { get; private set; }

    public int Records { get; private set; }

    public int Messages => _sent.Count;

    /// <summary>No further batch until something is acknowledged.</summary>
    public bool IsFull => Records >= limitRecords;

    public ulong Send(int records)
    {
        LastSent++;
        Records += records;
        _sent.Enqueue((LastSent, records));
        return LastSent;
    }

    /// <summary>Everything up to here has arrived. Going back is a repetition; a number never sent breaks the rules.</summary>
    public void Acknowledge(ulong sequence)
    {
        if (sequence > LastSent) throw new SyncProtocolException($"acknowledges message {sequence}, but only {LastSent} were sent");
        while (_sent.TryPeek(out (ulong Sequence, int Records) oldest) && oldest.Sequence <= sequence)
        {
            Records -= oldest.Records;
            _sent.Dequeue();
        }

        LastAcknowledged = Math.Max(LastAcknowledged, sequence);
    }
}
