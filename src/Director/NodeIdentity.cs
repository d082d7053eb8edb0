using System.Buffers.Binary;
using System.Security.Cryptography;
using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Secrets;
using HaLvs.Director.Effects;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Director.State;
using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Wire;
using HaLvs.Linux;
using HaLvs.Stonith.Devices.Execution;

namespace HaLvs.Director;

/// <summary>Who this node is in this life: its name, its new incarnation (durable already), and what the pair's parts are made from.</summary>
internal sealed class NodeIdentity
{
    private static readonly TimeSpan BackoffInitial = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BackoffMaximum = TimeSpan.FromSeconds(15);

    /// <summary>Added to the slowest fence of the other side: detection skew and the way of the command (I6).</summary>
    private static readonly TimeSpan FenceMargin = TimeSpan.FromSeconds(1);

    private readonly ulong _epoch;

    public NodeIdentity(string name, DirectorModel model, EpochStore epochs)
    {
        (Name, Model) = (name, model);
        Self = model.NodeNamed(name);
        Peer = model.PeerOf(name);
        _epoch = epochs.ReadEpoch();
        Incarnation = new Incarnation(epochs.NextIncarnation(), ReadBootId(), RandomNonce());
    }

    public string Name { get; }

    public DirectorModel Model { get; }

    public NodeModel Self { get; }

    public NodeModel? Peer { get; }

    public Incarnation Incarnation { get; }

    public NodeMachine MakeMachine() => new(MachineConfig(), Incarnation, _epoch, ClusterKeys.Read(Model.Cluster.KeyFile), MonotonicClock.Now);

    /// <summary>Null for a single director, and for a peer without any device.</summary>
    public PeerFence? MakeFence(NodeMachine machine, Inbox<NodeInput> inbox, EventLog events) =>
        Peer is { Fence.Length: > 0 }
            ? new PeerFence(TargetOf(Peer), request => machine.MayFire(request, MonotonicClock.Now), inbox.Post, inbox.Wake, events)
            : null;

    private NodeMachineConfig MachineConfig() => new()
    {
        Cluster = Model.Cluster.Name,
        Node = Name,
        Peer = Peer?.Name,
        Prefer = Model.Cluster.Prefer,
        AutoFailback = Model.Cluster.AutoFailback,
        Interval = Model.Heartbeat.Interval,
        Warn = Model.Heartbeat.Warn,
        Dead = Model.Heartbeat.Dead,
        Start = Model.Heartbeat.Start,
        SlowestFence = Self.Fence.Length == 0 ? FenceMargin : TargetOf(Self).Plan.SlowestPass + FenceMargin,
        Links = [.. Self.Links.Select(l => l.Text)],
        CanFencePeer = Peer?.Fence.Any(f => f.Type != "manual") ?? false,
        ConfigurationHash = Model.Hash,
    };

    private static FenceTarget TargetOf(NodeModel node) => FenceTarget.Create(node.Name, node.Fence, BackoffInitial, BackoffMaximum);

    private static ulong ReadBootId() => BinaryPrimitives.ReadUInt64BigEndian(BootId.Read().ToByteArray(bigEndian: true));

    private static ulong RandomNonce() => BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8));
}
