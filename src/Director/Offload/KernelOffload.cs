using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Heartbeat;
using HaLvs.Linux;
using HaLvs.Linux.Netlink;
using HaLvs.Linux.Offload;

namespace HaLvs.Director.Offload;

/// <summary>
/// The kernel program at work: its flows follow the core's orders, its next hops the network. A standby's is filled like the active's, but without a lease it
/// forwards nothing; taking over is one write. Whatever fails here leaves the user path as it is.
/// </summary>
internal sealed class KernelOffload : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Changes come in bursts: a little later one look sees all of them.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(5);

    private readonly IFlowProgram _program;
    private readonly NextHops _hops;
    private readonly FlowCache _flows;
    private readonly ServedInterfaces _served;
    private readonly IDisposable _resources;
    private readonly EventLog _events;
    private readonly EventFd _wake = new();
    private readonly Thread _watch;
    private volatile bool _ending;
    private volatile string? _broken;

    /// <summary>The core has its flows back; the forward loop's own.</summary>
    private bool _given;

    public KernelOffload(DataPlane dataPlane, IFlowProgram program, NextHops hops, ServedInterfaces served, IDisposable resources, EventLog events)
    {
        (_program, _hops, _served, _resources, _events) = (program, hops, served, resources, events);
        _flows = new FlowCache(dataPlane, program, hops);
        _watch = new Thread(Watch) { IsBackground = true, Name = "next-hops" };
    }

    /// <summary>Null: at work. Otherwise why not any more; every flow is on the user path.</summary>
    public string? Broken => _broken;

    public long Refused => _flows.Refused;

    /// <summary>Ways, and how many of them the program may use now.</summary>
    public (int Valid, int All) NextHops => (_hops.ValidCount, _hops.Count);

    public void Start() => _watch.Start();

    /// <summary>The program forwards until then. Any thread.</summary>
    public void Renew(TimeSpan until)
    {
        if (_broken is null)
            _program.Renew(until);
    }

    /// <summary>The program forwards nothing when this returns. Any thread.</summary>
    public void Stop() => _program.Stop();

    /// <summary>Carries the core's orders out; the forward loop calls it without the gate.</summary>
    public void Work()
    {
        if (_given)
            return;
        try
        {
            if (_broken is null)
                _flows.Work();
        }
        catch (LinuxException e)
        {
            GiveUp(e);
        }

        if (_broken is null)
            return;
        _given = true;
        _flows.GiveUp();
    }

    public void Dispose()
    {
        _ending = true;
        _wake.Signal();
        if (_watch.IsAlive)
            _watch.Join();
        _program.Stop();
        _served.Dispose();
        _wake.Dispose();
        _resources.Dispose();
    }

    private void Watch()
    {
        try
        {
            using var news = new NetworkNews();
            using var poller = new Poller(news.Handle, _wake.Handle);
            using var burst = new Poller(_wake.Handle);
            while (!_ending)
            {
                if (poller.Wait(LookEvery) > 0 && !_ending)
                    burst.Wait(Burst);
                news.Take();
                _wake.Drain();
                _served.Follow();
                if (_hops.Refresh())
                    _flows.GiveAnew();
            }
        }
        catch (Exception e) when (e is LinuxException or OffloadException)
        {
            GiveUp(e);
        }
    }

    /// <summary>Without a lease nothing that the tables say matters any more.</summary>
    private void GiveUp(Exception e)
    {
        _broken = e.Message;
        _program.Stop();
        _events.Add(EventSeverity.Warning, "offload", $"the kernel program is not used any more, every packet takes the user path: {e.Message}");
    }
}
