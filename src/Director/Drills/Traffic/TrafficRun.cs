using System.Net.Sockets;
using HaLvs.Director.Commands;

namespace HaLvs.Director.Drills.Traffic;

/// <summary>
/// Load against a virtual service, with proof: held connections with numbered messages, and new connections beside them. One thread paces all
/// sending; the socket engine brings the answers. Cheap enough to run beside two directors on two cores.
/// </summary>
public sealed class TrafficRun : ITrafficSource
{
    private const int ConnectsAtATime = 64;

    private readonly TrafficOptions _options;
    private readonly HeldConnection[] _held;
    private readonly NewConnectionProbe _probe;
    private readonly Thread _pacing;
    private readonly double _started;
    private volatile bool _stopping;
    private TrafficReport? _final;

    private TrafficRun(TrafficOptions options, HeldConnection[] held)
    {
        _options = options;
        _held = held;
        _probe = new NewConnectionProbe(options);
        _started = MonotonicClock.Milliseconds;
        _probe.Begin(_started);
        _pacing = new Thread(Pace) { IsBackground = true, Name = "traffic" };
    }

    public int Connections => _held.Length;

    /// <summary>Completes when every connection is held and has had its first answer.</summary>
    /// <exception cref="OperatorException">Not all connections could be made.</exception>
    public static async Task<TrafficRun> StartAsync(TrafficOptions options, CancellationToken cancel)
    {
        OpenFileLimit.Require(options);
        HeldConnection[] held = [.. Enumerable.Range(0, options.Connections).Select(i => new HeldConnection(options, (uint)i))];
        TrafficRun run;
        try
        {
            await ConnectAsync(options, held, cancel);
            run = new TrafficRun(options, held);
        }
        catch
        {
            Array.ForEach(held, h => h.Dispose());
            throw;
        }

        run._pacing.Start();
        try
        {
            await run.FirstAnswersAsync(cancel);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>So far; a connection that merely waits is not lost yet.</summary>
    public TrafficReport Snapshot() => _final ?? Report(_ => null);

    /// <summary>Sends nothing more, waits up to 2 s for what is owed, closes everything, and tells.</summary>
    public async Task<TrafficReport> StopAsync()
    {
        if (_final is not null)
        {
            return _final;
        }

        double ending = MonotonicClock.Milliseconds;
        _stopping = true;
        _pacing.Join();
        double patience = ending + TrafficOptions.SilenceIsLoss.TotalMilliseconds;
        while (_held.Any(h => h.OwesAnswer) && MonotonicClock.Milliseconds < patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }

        double silentSince = MonotonicClock.Milliseconds - TrafficOptions.SilenceIsLoss.TotalMilliseconds;
        _final = Report(h => h.OwesAnswer && h.LastAnswer <= silentSince ? "no answer in the last 2 s" : null, ending);
        Array.ForEach(_held, h => h.Dispose());
        _probe.Dispose();
        return _final;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static async Task ConnectAsync(TrafficOptions options, HeldConnection[] held, CancellationToken cancel)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(TrafficOptions.SetUpTimeout + TimeSpan.FromMilliseconds(options.Connections));
        try
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = ConnectsAtATime, CancellationToken = timeout.Token };
            await Parallel.ForEachAsync(held, parallel, async (h, c) => await h.OpenAsync(c));
        }
        catch (SocketException e)
        {
            throw new OperatorException($"traffic: cannot connect to {options.Target}: {e.Message}; is the service up, and is this a client's machine?");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OperatorException($"traffic: {options.Target} does not take {options.Connections} connections in time; see halvs status for its servers");
        }
    }

    private async Task FirstAnswersAsync(CancellationToken cancel)
    {
        double patience = MonotonicClock.Milliseconds + TrafficOptions.SetUpTimeout.TotalMilliseconds + _options.Interval.TotalMilliseconds;
        while (_held.FirstOrDefault(h => h.Answers == 0) is { } waiting)
        {
            if (waiting.Lost is not null || waiting.Corrupted > 0 || MonotonicClock.Milliseconds > patience)
            {
                string why = waiting.Lost ?? (waiting.Corrupted > 0 ? "a wrong answer" : "no answer");
                throw new OperatorException($"traffic: {_options.Target} connects but does not answer as {_options.Protocol.ToString().ToLowerInvariant()} ({why}); is --protocol right?");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), cancel);
        }
    }

    private void Pace()
    {
        double interval = _options.Interval.TotalMilliseconds;
        Pacer messages = new(_started, interval / Math.Max(1, _held.Length), patience: interval);
        Pacer probes = new(_started, _options.ProbeInterval.TotalMilliseconds, patience: Math.Max(100, _options.ProbeInterval.TotalMilliseconds));
        while (!_stopping)
        {
            double now = MonotonicClock.Milliseconds;
            while (_held.Length > 0 && messages.TryTake(now, out long beat))
            {
                _held[beat % _held.Length].SendNext();
            }

            while (probes.TryTake(now, out long beat))
            {
                _probe.Launch((uint)beat | 0x8000_0000);
            }

            Thread.Sleep(1);
        }
    }

    private TrafficReport Report(Func<HeldConnection, string?> alsoLost, double? ended = null)
    {
        (HeldConnection Held, string? Lost)[] all = [.. _held.Select(h => (h, h.Lost ?? alsoLost(h)))];
        HeldConnection? slowest = all.Where(c => c.Lost is null).Select(c => c.Held).MaxBy(h => h.LongestStallMilliseconds);
        double end = Math.Round(ended ?? MonotonicClock.Milliseconds, 3);
        (NewConnectionReport news, IReadOnlyList<TrafficGap> gaps) = _probe.Report(end);
        return new TrafficReport(
            _options.Target.ToString(), _options.Protocol.ToString().ToLowerInvariant(), _held.Length,
            all.Count(c => c.Lost is not null), _held.Sum(h => h.Corrupted) + _probe.Corrupted, _held.Sum(h => h.Answers),
            Math.Round(slowest?.LongestStallMilliseconds ?? 0, 3), Math.Round(slowest?.LongestStallEnd ?? 0, 3), _held.Sum(h => h.Renewed),
            news, gaps, [.. all.Where(c => c.Lost is not null).GroupBy(c => c.Lost!).Select(g => new LostReason(g.Key, g.Count()))],
            Math.Round(_started, 3), end);
    }
}
