namespace HaLvs.Director.Drills.Traffic;

/// <summary>What a run of `halvs traffic` saw. All "monotonicMs" are CLOCK_MONOTONIC of the machine that ran it.</summary>
/// <param name="Lost">Held connections that ended (reset, closed, timed out) or owed an answer at the end.</param>
/// <param name="Corrupted">Answers with a wrong byte, a byte too many, or a status other than 200.</param>
/// <param name="Messages">Answers verified on held connections.</param>
/// <param name="LongestStallMs">Longest time between two answers on any surviving held connection; undisturbed it is the interval.</param>
/// <param name="Renewed">HTTP: connections that the server ended in order (Connection: close) and that were opened again.</param>
/// <param name="Gaps">Times longer than 50 ms without a served new connection.</param>
public sealed record TrafficReport(
    string Target, string Protocol, int Connections, int Lost, long Corrupted, long Messages, double LongestStallMs, double LongestStallEndMonotonicMs,
    long Renewed, NewConnectionReport NewConnections, IReadOnlyList<TrafficGap> Gaps, IReadOnlyList<LostReason> LostReasons,
    double StartedMonotonicMs, double EndedMonotonicMs)
{
    /// <summary>Nothing lost, nothing corrupted.</summary>
    public bool Clean => Lost == 0 && Corrupted == 0;
}

/// <param name="Failed">Not served within 3 s, or refused.</param>
public sealed record NewConnectionReport(long Ok, long Failed, double LongestGapMs);

/// <summary>From one served new connection to the next (or to the start or the end of the run).</summary>
public sealed record TrafficGap(double FromMonotonicMs, double ToMonotonicMs, double Ms);

public sealed record LostReason(string Reason, int Count);
