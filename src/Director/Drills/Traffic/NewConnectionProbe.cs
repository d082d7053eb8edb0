using System.Net.Sockets;

namespace HaLvs.Director.Drills.Traffic;

/// <summary>New connections, one after another without waiting for each other: connect, one message, verify, close. Knows the gaps between served ones.</summary>
internal sealed class NewConnectionProbe(TrafficOptions options) : IDisposable
{
    private const double ReportedGapMilliseconds = 50;

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<TrafficGap> _gaps = [];
    private double _lastServed;
    private double _longestGap;
    private long _ok;
    private long _failed;
    private long _corrupted;

    public long Corrupted => Interlocked.Read(ref _corrupted);

    /// <summary>The first gap counts from here.</summary>
    public void Begin(double now) => _lastServed = Math.Round(now, 3);

    /// <summary>Fire and forget: the outcome is counted inside.</summary>
    public void Launch(uint number) => _ = RunAsync(number);

    /// <summary>Up to now: a service that is still away has a gap that has not ended, and then its end is exactly <paramref name="now"/>.</summary>
    public (NewConnectionReport Report, IReadOnlyList<TrafficGap> Gaps) Report(double now)
    {
        lock (_gate)
        {
            double open = Math.Round(now - _lastServed, 3);
            List<TrafficGap> gaps = [.. _gaps];
            if (open > ReportedGapMilliseconds)
            {
                gaps.Add(new TrafficGap(_lastServed, now, open));
            }

            return (new NewConnectionReport(_ok, _failed, Math.Max(_longestGap, open)), gaps);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task RunAsync(uint number)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        timeout.CancelAfter(TrafficOptions.ProbeTimeout);
        try
        {
            bool served = await ConverseAsync(number, timeout.Token);
            Note(served);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            if (!_stop.IsCancellationRequested)
            {
                Note(served: false);
            }
        }
    }

    private async Task<bool> ConverseAsync(uint number, CancellationToken cancel)
    {
        using Socket socket = new(options.Target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(options.Target, cancel);
        Conversation conversation = Conversation.Create(options, number);
        byte[] buffer = new byte[2_048];
        int length = conversation.Write(buffer);
        await socket.SendAsync(buffer.AsMemory(0, length), cancel);
        while (true)
        {
            int received = await socket.ReceiveAsync(buffer, cancel);
            Reading reading = conversation.Read(buffer.AsSpan(0, received));
            if (reading.Corrupted > 0)
            {
                Interlocked.Add(ref _corrupted, reading.Corrupted);
            }

            if (received == 0 || reading.Answers > 0 || reading.Corrupted > 0)
            {
                return reading.Answers > 0;
            }
        }
    }

    private void Note(bool served)
    {
        double now = Math.Round(MonotonicClock.Milliseconds, 3);
        lock (_gate)
        {
            _failed += served ? 0 : 1;
            if (!served)
            {
                return;
            }

            _ok++;
            double gap = Math.Round(now - _lastServed, 3);
            _longestGap = Math.Max(_longestGap, gap);
            if (gap > ReportedGapMilliseconds)
            {
                _gaps.Add(new TrafficGap(_lastServed, now, gap));
            }

            _lastServed = now;
        }
    }
}
