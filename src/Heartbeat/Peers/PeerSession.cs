using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat.Peers;

/// <summary>
/// Freshness (I8). A message is fresh when it echoes our nonce: then it was made after our start by someone who holds the key and heard us. Whatever
/// does not echo it can only tell us the peer's nonce, which we echo. Of several lives of the peer the highest counter wins, so a recording cannot
/// take the echo away from the living.
/// </summary>
public sealed class PeerSession
{
    private readonly ReplayWindow[] _links;
    private ReplayWindow _sender;
    private (ulong Incarnation, ulong Sequence) _candidate;
    private bool _provenOff;

    public PeerSession(int links, ulong nonce)
    {
        _links = new ReplayWindow[links];
        Nonce = nonce == 0 ? 1 : nonce;
    }

    /// <summary>Ours: goes into every message.</summary>
    public ulong Nonce { get; private set; }

    /// <summary>The peer's nonce as last heard: goes into every message. 0: none.</summary>
    public ulong Echo { get; private set; }

    /// <summary>Counter and boot of the life that proved to be fresh; null before the first.</summary>
    public (ulong Counter, ulong BootId)? Verified { get; private set; }

    /// <summary>
    /// From now on only messages that were made after this moment are fresh. Done when the peer was proven off: what is still in a cable or a buffer
    /// must not raise the dead. And a life with a lower counter may come: the machine may return with a new disk.
    /// </summary>
    public void Rotate()
    {
        Nonce = Nonce == ulong.MaxValue ? 1 : Nonce + 1;
        _candidate = default;
        _provenOff = true;
    }

    public PeerVerdict Judge(in HeartbeatMessage message, int link)
    {
        if (Verified is { } life)
        {
            var otherBootAllowed = _provenOff && message.BootId != life.BootId;
            if (message.Incarnation < life.Counter && !otherBootAllowed) return Rejected(RejectReason.OldIncarnation);
            if (message.Incarnation == life.Counter && message.BootId != life.BootId && !otherBootAllowed) return Rejected(RejectReason.TwinIncarnation);
        }

        var newNonce = NoteNonce(message);
        if (message.Echo != Nonce) return new PeerVerdict(RejectReason.NotFresh, false, false, false, newNonce);
        var newLife = Verified != (message.Incarnation, message.BootId);
        if (newLife) Adopt(message);
        return Window(message.Sequence, link, newLife, newNonce);
    }

    private static PeerVerdict Rejected(RejectReason reason) => new(reason, false, false, false, false);

    private bool NoteNonce(in HeartbeatMessage message)
    {
        if ((message.Incarnation, message.Sequence).CompareTo(_candidate) <= 0) return false;
        _candidate = (message.Incarnation, message.Sequence);
        if (Echo == message.Nonce) return false;
        Echo = message.Nonce;
        return true;
    }

    private void Adopt(in HeartbeatMessage message)
    {
        Verified = (message.Incarnation, message.BootId);
        _provenOff = false;
        _sender = default;
        Array.Clear(_links);
    }

    /// <summary>The same message on several links refreshes each link once and acts once.</summary>
    private PeerVerdict Window(ulong sequence, int link, bool newLife, bool newNonce)
    {
        var seen = _sender.Check(sequence);
        if (seen == SequenceVerdict.TooOld || _links[link].Check(sequence) != SequenceVerdict.New) return Rejected(RejectReason.Replayed);
        var newest = sequence > _sender.Highest;
        _sender.Mark(sequence);
        _links[link].Mark(sequence);
        return new PeerVerdict(RejectReason.None, seen == SequenceVerdict.New, newest, newLife, newNonce);
    }
}
