namespace HaLvs.Director.Drills.Traffic;

/// <summary>
/// What is said over one TCP connection, and whether the answers are right; no socket inside. <see cref="Write"/> is called by one thread,
/// <see cref="Read"/> by another; each owns its own fields.
/// </summary>
internal abstract class Conversation
{
    /// <summary>Longest message.</summary>
    public const int MaximumMessageBytes = 256;

    /// <summary>Whether another message may be sent now.</summary>
    public abstract bool CanWrite { get; }

    /// <summary>Whether an answer is outstanding.</summary>
    public abstract bool OwesAnswer { get; }

    /// <summary>Writes the next message, complete; returns its length.</summary>
    public abstract int Write(Span<byte> destination);

    public abstract Reading Read(ReadOnlySpan<byte> received);

    public static Conversation Create(TrafficOptions options, uint connection) => options.Protocol switch
    {
        TrafficProtocol.Echo => new EchoConversation(connection),
        _ => new HttpConversation(options.Target, connection),
    };
}

/// <param name="Answers">Complete and right.</param>
/// <param name="Corrupted">Complete and wrong.</param>
/// <param name="Closes">The server said in order that it ends this connection after the answer.</param>
/// <param name="Broken">Why the stream cannot be followed any further.</param>
internal readonly record struct Reading(int Answers, int Corrupted, bool Closes = false, string? Broken = null);
