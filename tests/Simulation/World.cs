using HaLvs.Heartbeat;

namespace HaLvs.Simulation;

/// <summary>Virtual time, one queue of happenings, one source of chance: the same seed gives the same run.</summary>
public sealed class World(ulong seed)
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Number)> _queue = new();
    private readonly List<(TimeSpan At, string Who, object What)> _log = [];
    private long _number;

    public TimeSpan Now { get; private set; }

    public Chance Chance { get; } = new(seed);

    /// <summary>The last lines of what happened. Written only when somebody reads it.</summary>
    public string Transcript(int lines) => string.Join('\n', _log.TakeLast(lines).Select(entry => $"{entry.At.TotalMilliseconds,9:0.0} {entry.Who} {Text(entry.What)}"));

    public void At(TimeSpan at, Action happening) => _queue.Enqueue(happening, (at < Now ? Now : at, _number++));

    public void In(TimeSpan delay, Action happening) => At(Now + delay, happening);

    public void Note(string text) => _log.Add((Now, "", text));

    public void Note(string who, object what) => _log.Add((Now, who, what));

    /// <summary>Lets the next happening happen.</summary>
    public bool Next()
    {
        if (!_queue.TryDequeue(out var happening, out var key)) return false;
        Now = key.At;
        happening();
        return true;
    }

    private static string Text(object what) => what switch
    {
        NodeEffect.Event e => $"{e.Severity} {e.Kind}: {e.Text}",
        NodeEffect.RoleChanged r => $"{r.From} -> {r.To}: {r.Reason}",
        _ => what.ToString()!,
    };
}
