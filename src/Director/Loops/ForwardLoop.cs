using System.Diagnostics;
using HaLvs.Director.Offload;
using HaLvs.Forwarder;
using HaLvs.Linux;

namespace HaLvs.Director.Loops;

/// <summary>
/// The thread that carries packets: TUN → core → TUN. It owns the TUN's read side; SYNs come by a queue of their own, so that a flood of them drowns no
/// established connection. Two guards stand in front of the core on every batch: the mode,
/// set by the effects of the role machine, and the lease, renewed by the node loop. A node loop that hangs stops the forwarding when the lease ends (I9).
/// </summary>
public sealed class ForwardLoop : IDisposable
{
    /// <summary>Frames under one hold of the gate: short enough that sync and listings never wait long.</summary>
    private const int BatchFrames = 64;

    /// <summary>SYNs among them while more of the others wait.</summary>
    private const int BatchSyns = 16;

    private const long TickMilliseconds = 100;

    private readonly TunDevice _tun;
    private readonly TunDevice? _syns;
    private readonly DataPlane _dataPlane;
    private readonly Action _changesWaiting;
    private readonly Action<Exception> _broken;
    private readonly KernelOffload? _offload;
    private readonly Lock _switch = new();
    private readonly EventFd _wake = new();
    private readonly Poller _packetsOrWake;
    private readonly Poller _wakeOnly;
    private readonly Thread _thread;
    private readonly byte[] _frame = GC.AllocateUninitializedArray<byte>(ForwardingCore.FrameBytes, pinned: true);
    private volatile ForwardingMode _mode = ForwardingMode.Off;
    private volatile bool _ending;
    private long _leaseUntil;
    private long _expiredLeaseDrops;
    private long _nextTick;

    /// <param name="syns">The queue of SYNs; null: they come by <paramref name="tun"/> like everything.</param>
    /// <param name="offload">Null: every packet comes here.</param>
    /// <param name="broken">The TUN is gone, or a defect: nothing can be forwarded any more.</param>
    /// <param name="changesWaiting">Called after a batch that left entries in the change log; must be cheap and not block.</param>
    internal ForwardLoop(TunDevice tun, TunDevice? syns, DataPlane dataPlane, KernelOffload? offload, Action changesWaiting, Action<Exception> broken)
    {
        _tun = tun;
        _syns = syns;
        _offload = offload;
        _dataPlane = dataPlane;
        _changesWaiting = changesWaiting;
        _broken = broken;
        _packetsOrWake = syns is null ? new Poller(tun.Handle, _wake.Handle) : new Poller(tun.Handle, syns.Handle, _wake.Handle);
        _wakeOnly = new Poller(_wake.Handle);
        _thread = new Thread(Run) { IsBackground = true, Name = "forward" };
    }

    /// <summary>Packets dropped because the node loop did not renew the lease in time.</summary>
    public long ExpiredLeaseDrops => Volatile.Read(ref _expiredLeaseDrops);

    public ForwardingMode Mode => _mode;

    public void Start() => _thread.Start();

    /// <summary>When this returns no packet is being handled under the old mode any more, here or in the kernel: the gate is passed once.</summary>
    public void SetMode(ForwardingMode mode)
    {
        lock (_switch)
        {
            if (mode != ForwardingMode.Forward)
                _offload?.Stop();
            lock (_dataPlane.Gate)
                _mode = mode;
            if (mode == ForwardingMode.Forward)
                _offload?.Renew(LeaseEnd);
        }
        _wake.Signal();
    }

    /// <param name="until">Monotonic, the clock of <see cref="Stopwatch"/>.</param>
    public void RenewLease(TimeSpan until)
    {
        Volatile.Write(ref _leaseUntil, (long)(until.TotalSeconds * Stopwatch.Frequency));
        lock (_switch)
        {
            if (_mode == ForwardingMode.Forward)
                _offload?.Renew(until);
        }
    }

    public void Dispose()
    {
        _ending = true;
        _wake.Signal();
        if (_thread.IsAlive)
            _thread.Join();
        _packetsOrWake.Dispose();
        _wakeOnly.Dispose();
        _wake.Dispose();
    }

    private TimeSpan LeaseEnd => TimeSpan.FromSeconds((double)Volatile.Read(ref _leaseUntil) / Stopwatch.Frequency);

    private void Run()
    {
        try
        {
            Carry();
        }
        catch (Exception e)
        {
            _broken(e);
        }
    }

    private void Carry()
    {
        while (!_ending)
        {
            (_mode == ForwardingMode.Hold ? _wakeOnly : _packetsOrWake).Wait(TimeSpan.FromMilliseconds(TickMilliseconds));
            _wake.Drain();
            while (!_ending && RunBatch())
            {
            }
        }
    }

    /// <summary>One hold of the gate. True when there may be more.</summary>
    private bool RunBatch()
    {
        var now = DataPlane.Now;
        bool more, changes;
        lock (_dataPlane.Gate)
        {
            if (now >= _nextTick)
            {
                _dataPlane.Core.Tick(now);
                _nextTick = now + TickMilliseconds;
            }
            more = _mode != ForwardingMode.Hold && CarryFrames(now);
            more |= _mode == ForwardingMode.Forward && _dataPlane.Core.Work(now);
            SendPending();
            changes = _dataPlane.Core.HasChanges;
        }
        if (changes)
            _changesWaiting();
        _offload?.Work();
        return more;
    }

    private bool CarryFrames(long now)
    {
        var more = CarryFrames(_tun, BatchFrames, now);
        return (_syns is not null && CarryFrames(_syns, more ? BatchSyns : BatchFrames, now)) || more;
    }

    private bool CarryFrames(TunDevice queue, int most, long now)
    {
        for (var i = 0; i < most; i++)
        {
            var length = queue.TryRead(_frame);
            if (length == 0)
                return false;
            CarryFrame(length, now);
        }
        return true;
    }

    /// <summary>What the core sends of itself leaves under the same two guards as what it forwards.</summary>
    private void SendPending()
    {
        int length;
        while ((length = _dataPlane.Core.TakePending(_frame)) > 0)
        {
            if (_mode == ForwardingMode.Forward && Stopwatch.GetTimestamp() < Volatile.Read(ref _leaseUntil))
                _tun.TryWrite(_frame.AsSpan(0, length));
        }
    }

    private void CarryFrame(int length, long now)
    {
        switch (_mode)
        {
            case ForwardingMode.Forward when Stopwatch.GetTimestamp() < Volatile.Read(ref _leaseUntil):
                var translated = _dataPlane.Core.Process(_frame, length, now);
                if (translated > 0)
                    _tun.TryWrite(_frame.AsSpan(0, translated));
                break;
            case ForwardingMode.Forward:
                _expiredLeaseDrops++;
                break;
            case ForwardingMode.Relay:
                _tun.TryWrite(_frame.AsSpan(0, length));
                break;
        }
    }
}
