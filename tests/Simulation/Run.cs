using System.Globalization;
using HaLvs.Heartbeat;

namespace HaLvs.Simulation;

/// <summary>One seed: two nodes, three cables, two power devices, a plan of faults; then everything is repaired and one node must serve.</summary>
public sealed class Run
{
    private static readonly TimeSpan RecoverWithin = TimeSpan.FromSeconds(75);
    private static readonly TimeSpan StableFor = TimeSpan.FromSeconds(2);
    private TimeSpan _trouble = TimeSpan.MinValue;
    private int _cuts;

    public Run(ulong seed)
    {
        Seed = seed;
        World = new World(seed * 0x9E3779B97F4A7C15 + 1);
        Timing = World.Chance.Happens(0.2) ? Timing.Tuned : Timing.Default;
        Failback = World.Chance.Happens(0.2);
        Referee = new Referee(this);
        Nodes = [new Node(this, 0), new Node(this, 1)];
        Devices = [Device(0), Device(1)];
        Cables = [.. Enumerable.Range(0, 6).Select(i => new Cable(World, Tally, i / 2 == 2, frame => Nodes[1 - (i % 2)].Deliver(frame, i / 2)))];
    }

    public ulong Seed { get; }

    public World World { get; }

    public Timing Timing { get; }

    public bool Failback { get; }

    /// <summary>An operator vouches for what is not so: then nobody can keep I1 and I2, and only the rest is checked.</summary>
    public bool WrongConfirms { get; set; }

    public Tally Tally { get; } = new();

    public Referee Referee { get; }

    public Node[] Nodes { get; }

    public PowerDevice[] Devices { get; }

    /// <summary>Link i, sent by node n: index 2 i + n.</summary>
    public Cable[] Cables { get; }

    /// <summary>Since when nothing passes on any link in either direction.</summary>
    public TimeSpan? PartitionedSince { get; private set; }

    /// <summary>Anything but a plain partition disturbed the pair after this moment.</summary>
    public bool TroubleSince(TimeSpan moment) => _trouble >= moment;

    public void Trouble() => _trouble = World.Now;

    public void CablesChanged()
    {
        if (!Cables.All(cable => cable.Down)) PartitionedSince = null;
        else PartitionedSince ??= World.Now;
    }

    public void Transmit(Frame frame)
    {
        for (var link = 0; link < 3; link++) Cables[(2 * link) + frame.Sender].Send(frame);
    }

    /// <summary>Throws BrokenPromiseException, or what the machine throws, when something is wrong.</summary>
    public void Play()
    {
        var until = new Faults(this).Plan();
        SyncLoop();
        while (World.Now < until && World.Next()) { }
        Repair();
        AwaitOneServing();
        Tally.Count("both nodes shot in one partition", _cuts >= 2 ? 1 : 0);
    }

    private PowerDevice Device(int node) => new(World, () => Nodes[node].Powered, by =>
    {
        if (PartitionedSince is not null) _cuts++;
        Tally.Count("nodes cut by a fence");
        Referee.Cut(node, by == "operator");
        Nodes[node].PowerOff($"loses power: fenced by {by}");
        World.In(World.Chance.Between(1500, 15000), () => { if (World.Chance.Happens(0.6)) Nodes[node].Boot(power: true); });
    });

    /// <summary>The stream between the two: a standby catches up some time after its peer serves.</summary>
    private void SyncLoop()
    {
        for (var i = 0; i < 2; i++)
        {
            var (node, peer) = (Nodes[i], Nodes[1 - i]);
            if (node.Runs && !node.Paused && !World.Chance.Happens(0.5)) node.Quietly(new NodeInput.SyncState(peer.Forwards && !node.Forwards && !World.Chance.Happens(0.02)));
        }

        World.In(TimeSpan.FromMilliseconds(400), SyncLoop);
    }

    private void Repair()
    {
        World.Note("everything is repaired");
        foreach (var cable in Cables) cable.Heal();
        CablesChanged();
        foreach (var device in Devices) device.Fault = PowerFault.None;
        foreach (var node in Nodes)
        {
            (node.DiskFull, node.TakeFails, node.ReleaseFails, node.DrainFails, node.ExternalDown) = (false, 0, 0, 0, false);
            node.Boot(power: true);
        }
    }

    private void AwaitOneServing()
    {
        var deadline = World.Now + RecoverWithin;
        var since = World.Now;
        while (World.Now < deadline)
        {
            World.Next();
            foreach (var node in Nodes) if (!node.Runs) node.Boot(power: true);
            if (Nodes.Count(node => node.Forwards) != 1) since = World.Now;
            else if (World.Now - since >= StableFor) return;
        }

        throw new BrokenPromiseException("liveness", string.Create(CultureInfo.InvariantCulture,
            $"{RecoverWithin.TotalSeconds:0} s after the repair not exactly one node serves: a {Nodes[0].Describe()}; b {Nodes[1].Describe()}"));
    }
}
