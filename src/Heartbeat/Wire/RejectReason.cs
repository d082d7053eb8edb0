namespace HaLvs.Heartbeat.Wire;

/// <summary>Why a frame was not taken as a sign of life. Each is counted; none is ever thrown (I8).</summary>
public enum RejectReason
{
    None = 0,
    Length,
    Version,
    Signature,
    WrongCluster,
    OwnMessage,
    UnknownSender,
    Malformed,

    /// <summary>A life of the peer that ended before the one that we verified.</summary>
    OldIncarnation,

    /// <summary>Same incarnation counter, other boot: two machines run with one state directory, or a copy of it.</summary>
    TwinIncarnation,

    /// <summary>Does not echo our nonce: a recording, or a peer that has not heard us yet. Its own nonce is noted and echoed.</summary>
    NotFresh,

    Replayed,
    UnknownLink,
}

public static class RejectReasonText
{
    /// <summary>Words for status and events.</summary>
    public static string Text(this RejectReason reason) => reason switch
    {
        RejectReason.None => "accepted",
        RejectReason.Length => "wrong length",
        RejectReason.Version => "unknown version",
        RejectReason.Signature => "bad signature",
        RejectReason.WrongCluster => "another cluster",
        RejectReason.OwnMessage => "own message came back",
        RejectReason.UnknownSender => "unknown sender",
        RejectReason.Malformed => "malformed",
        RejectReason.OldIncarnation => "old incarnation",
        RejectReason.TwinIncarnation => "incarnation used twice",
        RejectReason.NotFresh => "not fresh",
        RejectReason.Replayed => "replayed",
        RejectReason.UnknownLink => "unknown link",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
