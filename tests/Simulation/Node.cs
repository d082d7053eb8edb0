using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;
using HaLvs.Stonith.Plan;

namespace HaLvs.Simulation;

/// <summary>A director and the machine it runs on: power, disk, data plane, and the shell's duties around the production machine and fence plan.</summary>
public sealed class Node(Run run, int index)
{
    private static readonly byte[][] Keys = [[.. Enumerable.Range(1, 32).Select(i => (byte)i)]];
    private static readonly HeartbeatCodec Codec = new(Keys);

    private readonly List<Action> _backlog = [];
    private NodeMachine? _machine;
    private FencePlan? _plan;
    private ulong _fenceRequest;
    private bool _fenceByOperator;
    private bool _operatorAsked;
    private bool _watching;
    private TimeSpan _nextSign;
    private TimeSpan _leaseUntil;
    private TimeSpan _workerFreeAt;
    private TimeSpan _pausedUntil;

    public bool Powered { get; private set; }

    public int Life { get; private set; }

    public ulong Counter { get; private set; }

    public ulong DiskEpoch { get; private set; }

    public bool DiskFull { get; set; }

    public double TakeFails { get; set; }

    public double ReleaseFails { get; set; }

    public double DrainFails { get; set; }

    public bool ExternalDown { get; set; }

    public bool AddressesUp { get; private set; }

    public TimeSpan ServesSince { get; private set; } = TimeSpan.MaxValue;

    public bool Forwards => Powered && AddressesUp && run.World.Now < _leaseUntil;

    public bool Runs => _machine is not null;

    public bool Paused => run.World.Now < _pausedUntil;

    public Role? Role => _machine?.Status(run.World.Now).Role;

    public string Describe() => _machine is null ? (Powered ? "no process" : "off") : _machine.Status(run.World.Now) is var s
        ? $"{s.Role} epoch {s.Epoch} active {s.Active ?? "-"} peer alive {s.Peer!.Alive} blocked: {s.Blocked ?? "-"}" : "";

    public void Boot(bool power)
    {
        if (power) Powered = true;
        if (!Powered || _machine is not null) return;
        Life++;
        Counter++;
        _pausedUntil = TimeSpan.Zero;
        _workerFreeAt = run.World.Now;
        run.Referee.Booted(index);
        Note($"boots, incarnation {Counter}, epoch on disk {DiskEpoch}");
        var incarnation = new Incarnation(Counter, run.World.Chance.Next(), run.World.Chance.Next());
        _machine = new NodeMachine(run.Timing.Machine(index, run.Failback, canFence: true), incarnation, DiskEpoch, Keys, run.World.Now);
        _plan = new FencePlan(run.Timing.Plan(1 - index), run.World.Now);
        var life = Life;
        run.World.In(TimeSpan.Zero, () => TickLoop(life));
    }

    /// <summary>The process is gone, and with it its TUN, route and proxy neighbour.</summary>
    public void Kill(string why)
    {
        if (_machine is null) return;
        Note(why);
        (_machine, _plan, _watching, AddressesUp, _operatorAsked) = (null, null, false, false, false);
        _backlog.Clear();
        Life++;
    }

    public void PowerOff(string why)
    {
        if (!Powered) return;
        Kill(why);
        Powered = false;
    }

    public void Pause(TimeSpan time)
    {
        if (_machine is null || Paused) return;
        Note($"pauses for {time.TotalMilliseconds:0} ms");
        _pausedUntil = run.World.Now + time;
        var life = Life;
        run.World.At(_pausedUntil, () => Resume(life));
    }

    public void Deliver(Frame frame, int link)
    {
        Enter(Life, () =>
        {
            run.Referee.Delivered(index, link, frame);
            Apply(new NodeInput.Frame(link, frame.Bytes));
        });
    }

    public void Input(NodeInput input) => Enter(Life, () => Operator(input));

    /// <summary>What comes all the time and would only fill the log.</summary>
    public void Quietly(NodeInput input) => Enter(Life, () => Apply(input));

    private void Operator(NodeInput input)
    {
        Note($"<- {input}");
        if (input is NodeInput.OperatorFence) _operatorAsked = true;
        if (input is NodeInput.OperatorConfirm && !_machine!.Status(run.World.Now).Peer!.Alive) run.Referee.PeerOff(index, "operator confirmed");
        Apply(input);
        _operatorAsked = false;
    }

    private void Resume(int life)
    {
        if (life != Life || _machine is null) return;
        Note("goes on");
        Action[] waiting = [.. _backlog];
        _backlog.Clear();
        if (run.World.Chance.Happens(0.5)) Tick();
        foreach (var work in waiting) if (life == Life) work();
    }

    /// <summary>Everything that reaches the process: waits while it is paused, is gone with the life that it was for.</summary>
    private void Enter(int life, Action work)
    {
        if (life != Life || _machine is null) return;
        if (!Paused) work();
        else if (_backlog.Count < 500) _backlog.Add(() => { if (life == Life) work(); });
    }

    private void Later(TimeSpan delay, Action work)
    {
        var life = Life;
        run.World.In(delay, () => Enter(life, work));
    }

    private void TickLoop(int life)
    {
        if (life != Life || _machine is null) return;
        if (!Paused) Tick();
        run.World.In(run.Timing.Interval * (0.22 + (0.03 * run.World.Chance.Share())), () => TickLoop(life));
    }

    private void Tick()
    {
        if (_watching && run.World.Now >= _nextSign) Sign();
        if (_machine is null) return;
        Execute(_machine.Tick(run.World.Now));
        if (_plan?.NextTick <= run.World.Now) Fence(_plan.Tick(run.World.Now));
    }

    private void Sign()
    {
        _nextSign = run.World.Now + TimeSpan.FromMilliseconds(90);
        var peer = run.Nodes[1 - index];
        var sight = ExternalDown ? DataPlaneSight.Blind
            : !peer.Powered || !peer.AddressesUp || peer.ExternalDown ? DataPlaneSight.Silent
            : peer.Paused ? DataPlaneSight.AddressOnly : DataPlaneSight.Alive;
        Apply(new NodeInput.DataPlaneSign(sight));
    }

    private void Apply(NodeInput input)
    {
        if (_machine is null) return;
        Execute(_machine.Step(input, run.World.Now));
    }

    private void Execute(IReadOnlyList<NodeEffect> effects)
    {
        foreach (var effect in effects.ToArray())
        {
            if (_machine is null) return;
            Execute(effect);
        }

        run.Referee.CheckHolders();
    }

    private void Execute(NodeEffect effect)
    {
        if (effect is not (NodeEffect.Send or NodeEffect.RenewLease)) run.World.Note(Timing.Names[index], effect);
        switch (effect)
        {
            case NodeEffect.Send send: Send(send.Bytes.ToArray()); break;
            case NodeEffect.RenewLease lease: _leaseUntil = lease.Until; break;
            case NodeEffect.PersistEpoch persist: Work(0.3, 6, () => Persist(persist.Epoch)); break;
            case NodeEffect.TakeAddresses take: Work(1, 25, () => Take(take.Epoch)); break;
            case NodeEffect.ReleaseAddresses: Work(0.5, 15, Release); break;
            case NodeEffect.DrainSync drain: Drain(drain.Within); break;
            case NodeEffect.Fence fence: StartFence(fence); break;
            case NodeEffect.CancelFence: Fence(_plan!.Cancel(run.World.Now)); break;
            case NodeEffect.ReadPower: ReadPower(); break;
            case NodeEffect.WatchDataPlane watch: _watching = watch.On; break;
            case NodeEffect.StopRelay when AddressesUp: throw new BrokenPromiseException("I7", "stops a relay while its addresses are up, which would take them down");
            case NodeEffect.RelayToPeer when AddressesUp: throw new BrokenPromiseException("I1", "relays while its addresses are up");
            case NodeEffect.Stopped: Kill("leaves"); break;
            default: break;
        }
    }

    private void Send(byte[] bytes)
    {
        Codec.Decode(bytes, out var words);
        run.Referee.Sent(index, words);
        run.Transmit(new Frame(index, Life, run.World.Now, bytes, words, Original: true));
    }

    /// <summary>One worker carries these out strictly in order.</summary>
    private void Work(double fromMs, double toMs, Action work)
    {
        var start = _workerFreeAt > run.World.Now ? _workerFreeAt : run.World.Now;
        _workerFreeAt = start + run.World.Chance.Between(fromMs, run.World.Chance.Happens(0.03) ? toMs * 30 : toMs);
        Later(_workerFreeAt - run.World.Now, work);
    }

    private void Persist(ulong epoch)
    {
        if (!DiskFull) DiskEpoch = Math.Max(DiskEpoch, epoch);
        Apply(new NodeInput.EpochPersisted(epoch, DiskFull ? "no space left on device" : null));
    }

    private void Take(ulong epoch)
    {
        run.Referee.Taking(index, epoch);
        var fails = run.World.Chance.Happens(TakeFails);
        AddressesUp = !fails || run.World.Chance.Happens(0.5);
        if (AddressesUp) ServesSince = run.World.Now;
        run.Referee.CheckHolders();
        Apply(new NodeInput.AddressesTaken(epoch, fails ? "netlink: operation not permitted" : null));
    }

    private void Release()
    {
        var fails = run.World.Chance.Happens(ReleaseFails);
        if (!fails) AddressesUp = false;
        Apply(new NodeInput.AddressesReleased(fails ? "netlink: no answer" : null));
    }

    private void Drain(TimeSpan within)
    {
        var complete = !run.World.Chance.Happens(DrainFails);
        Later(complete ? run.World.Chance.Between(1, 60) : within, () =>
        {
            run.Referee.OwnHandoverFailed(index);
            Apply(new NodeInput.SyncDrained(complete));
        });
    }

    private void StartFence(NodeEffect.Fence fence)
    {
        (_fenceRequest, _fenceByOperator) = (fence.Request, _operatorAsked);
        Fence(_plan!.Start(run.World.Now));
    }

    private void Fence(IReadOnlyList<FenceEffect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case FenceEffect.Command command: Command(command); break;
                case FenceEffect.ConfirmedOff off:
                    run.Referee.PeerOff(index, "fence confirmed");
                    Report(FenceOutcome.ConfirmedOff, off.Detail);
                    break;
                case FenceEffect.AttemptFailed failed: Report(FenceOutcome.AttemptFailed, failed.Detail); break;
                case FenceEffect.Cancelled cancelled: Report(FenceOutcome.Cancelled, cancelled.Detail); break;
                default: break;
            }
        }
    }

    private void Report(FenceOutcome outcome, string detail)
    {
        var request = _fenceRequest;
        Later(TimeSpan.Zero, () => Apply(new NodeInput.FenceReport(request, outcome, detail)));
    }

    private void Command(FenceEffect.Command command)
    {
        if (command.Action == DeviceAction.Off && !_machine!.MayFire(_fenceRequest, run.World.Now))
        {
            Note("may not fire");
            Fence(_plan!.Cancel(run.World.Now));
            return;
        }

        var byOperator = _fenceByOperator;
        if (command.Action == DeviceAction.Off)
        {
            run.Tally.Count("off commands");
            run.Referee.Fires(index, byOperator);
        }

        var life = Life;
        run.Devices[1 - index].Execute(command.Action, byOperator ? "operator" : Timing.Names[index],
            answer => Enter(life, () => { if (_plan is { } plan) Fence(plan.DeviceAnswered(command.Number, answer, run.World.Now)); }));
    }

    private void ReadPower()
    {
        var life = Life;
        run.Devices[1 - index].Execute(DeviceAction.Status, "", answer => Enter(life, () =>
        {
            bool? on = answer.Reply switch { DeviceReply.On => true, DeviceReply.Off => false, _ => null };
            if (on == false && Role == Heartbeat.Roles.Role.Passive) run.Referee.PeerOff(index, "power read off");
            Apply(new NodeInput.PowerRead(on, answer.Detail));
        }));
    }

    private void Note(string text) => run.World.Note($"{Timing.Names[index]} {text}");
}
