using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using HaLvs.Director.Control;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Reports;

/// <summary>Every transition with its reason and its moment: a bounded ring in memory, one line each on standard output (the journal), and live followers.</summary>
public sealed class EventLog : IDisposable
{
    private const int Capacity = 10_000;

    private readonly TimeProvider _time;

    /// <summary>Printing happens on a thread of its own: a journal that blocks must not stop the node loop.</summary>
    private readonly Channel<DirectorEvent> _toPrint = Channel.CreateBounded<DirectorEvent>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Task _printer;

    private readonly Lock _gate = new();
    private readonly Queue<DirectorEvent> _ring = new();
    private readonly List<Channel<DirectorEvent>> _followers = [];

    public EventLog(TimeProvider time)
    {
        _time = time;
        _printer = Task.Run(PrintAsync);
    }

    public void Add(EventSeverity severity, string kind, string text)
    {
        var entry = new DirectorEvent(_time.GetUtcNow(), Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency, severity, kind, text);
        lock (_gate)
        {
            if (_ring.Count == Capacity)
                _ring.Dequeue();
            _ring.Enqueue(entry);
            foreach (var follower in _followers)
                follower.Writer.TryWrite(entry);
        }
        _toPrint.Writer.TryWrite(entry);
    }

    /// <summary>Prints what is still waiting.</summary>
    public void Dispose()
    {
        _toPrint.Writer.TryComplete();
        _printer.Wait(TimeSpan.FromSeconds(1));
    }

    private async Task PrintAsync()
    {
        await foreach (var entry in _toPrint.Reader.ReadAllAsync())
            await Console.Out.WriteLineAsync($"{entry.Time:yyyy-MM-ddTHH:mm:ss.fff}Z {Word(entry.Severity)} {entry.Kind}: {entry.Text}");
    }

    public async IAsyncEnumerable<DirectorEvent> ReadAsync(bool follow, [EnumeratorCancellation] CancellationToken cancel)
    {
        var channel = Channel.CreateBounded<DirectorEvent>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest });
        DirectorEvent[] past;
        lock (_gate)
        {
            past = [.. _ring];
            if (follow)
                _followers.Add(channel);
        }
        try
        {
            foreach (var entry in past)
                yield return entry;
            if (!follow)
                yield break;
            await foreach (var entry in channel.Reader.ReadAllAsync(cancel))
                yield return entry;
        }
        finally
        {
            lock (_gate)
                _followers.Remove(channel);
        }
    }

    private static string Word(EventSeverity severity) => severity switch
    {
        EventSeverity.Alarm => "ALARM  ",
        EventSeverity.Warning => "warning",
        EventSeverity.Notice => "notice ",
        _ => "info   ",
    };
}
