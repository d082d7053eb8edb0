using HaLvs.Heartbeat.Links;
using HaLvs.Heartbeat.Peers;
using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat;

/// <summary>
/// The heartbeat node: <see cref="Step"/> and <see cref="Tick"/> in, an ordered list of effects out. One loop thread owns it.
/// <para>
/// Every call has the same four parts: 1 was our own loop late (I9), 2 the input, 3 what the role wants now (one stepX per role, in the file of
/// its concern), 4 heartbeat and lease. Roles and their arrows: <see cref="Transitions"/>. Who may take: <see cref="EvidenceLedger"/>.
/// </para>
/// </summary>
public sealed partial class NodeMachine
{
    private readonly NodeMachineConfig _config;
    private readonly Incarnation _incarnation;
    private readonly HeartbeatCodec _codec;
    private readonly PeerSession _session;
    private readonly LinkHealth[] _links;
    private readonly EvidenceLedger _evidence = new();
    private readonly List<NodeEffect> _effects = [];
    private readonly bool _preferred;
    private readonly ulong _parity;
    private readonly TimeSpan _startedAt;

    private Role _role = Role.Passive;
    private TimeSpan _now;
    private TimeSpan _deafUntil;
    private bool _sendNow = true;

    /// <param name="config">Validated; throws ArgumentException when a promise could not be kept with it.</param>
    /// <param name="incarnation">Already durable.</param>
    /// <param name="epoch">Highest epoch found on disk.</param>
    /// <param name="keys">Cluster keys: signs with the first, accepts any.</param>
    /// <param name="now">Monotonic, any origin.</param>
    public NodeMachine(NodeMachineConfig config, Incarnation incarnation, ulong epoch, IReadOnlyList<byte[]> keys, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Demand();
        _config = config;
        _configurationHash = config.ConfigurationHash;
        _incarnation = incarnation;
        _codec = new HeartbeatCodec(keys);
        _session = new PeerSession(config.Links.Count, incarnation.Nonce);
        _links = [.. config.Links.Select(name => new LinkHealth(name))];
        (_epochKnown, _epochAsked) = (epoch, epoch);
        _preferred = config.IsPreferred;
        _parity = config.HasLowerName ? 0UL : 1UL;
        (_now, _startedAt) = (now, now);
        (_cluster, _self) = (HeartbeatCodec.NameHash(config.Cluster), HeartbeatCodec.NameHash(config.Node));
        _peerName = config.Peer is null ? 0 : HeartbeatCodec.NameHash(config.Peer);
    }

    /// <summary>Takes one input. The returned list is reused by the next call.</summary>
    public IReadOnlyList<NodeEffect> Step(NodeInput input, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(input);
        Begin(now);
        Handle(input);
        Advance();
        Beat();
        return _effects;
    }

    /// <summary>Time has passed. Call at least every interval / 4.</summary>
    public IReadOnlyList<NodeEffect> Tick(TimeSpan now)
    {
        Begin(now);
        Advance();
        Beat();
        RenewLease();
        return _effects;
    }

    private bool Holding => _role is Role.Taking or Role.Active or Role.Releasing;

    /// <summary>
    /// A gap in our own calls is not silence of the peer: what it sent meanwhile still waits in our buffers, so it is not lost before they were
    /// read. A gap of dead or more means that we may have been declared dead: stop forwarding first, then look at the input (I9).
    /// </summary>
    private void Begin(TimeSpan now)
    {
        _effects.Clear();
        var gap = now - _now;
        if (gap <= TimeSpan.Zero) return;
        _now = now;
        if (gap > 2 * _config.Interval) _deafUntil = now + (gap >= _config.Dead ? _config.Dead : 2 * _config.Interval);
        if (gap < _config.Dead) return;
        if (DataPlaneMayBeUp) Release($"own loop was late by {Ms(gap)}", hold: false, Role.Standby);
        Say(EventSeverity.Warning, "late", $"our own loop was late by {Ms(gap)}, which is not less than dead = {Ms(_config.Dead)}");
    }

    private void Handle(NodeInput input)
    {
        switch (input)
        {
            case NodeInput.Frame frame: OnFrame(frame); break;
            case NodeInput.LinkDevice device: OnLinkDevice(device); break;
            case NodeInput.EpochPersisted persisted: OnEpochPersisted(persisted); break;
            case NodeInput.AddressesTaken taken: OnAddressesTaken(taken); break;
            case NodeInput.AddressesReleased released: OnAddressesReleased(released); break;
            case NodeInput.FenceReport report: OnFenceReport(report); break;
            case NodeInput.PowerRead power: OnPowerRead(power); break;
            case NodeInput.DataPlaneSign sign: OnDataPlaneSign(sign.Sight); break;
            case NodeInput.SyncState sync: OnSyncState(sync.InSync); break;
            case NodeInput.SyncDrained drained: OnSyncDrained(drained.Complete); break;
            case NodeInput.Pings pings: OnPings(pings); break;
            case NodeInput.OperatorSwitchover wish: OnOperatorSwitchover(wish.To); break;
            case NodeInput.OperatorFence fence: OnOperatorFence(fence.Target); break;
            case NodeInput.OperatorConfirm confirm: OnOperatorConfirm(confirm); break;
            case NodeInput.ConfigurationChanged changed: OnConfigurationChanged(changed.Hash); break;
            case NodeInput.Stop: OnStop(); break;
            default: throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "unknown input");
        }
    }

    private void Advance()
    {
        CheckLinks();
        CheckPeerSilence();
        CheckTwoHolders();
        switch (_role)
        {
            case Role.Passive: StepPassive(); break;
            case Role.Standby: StepStandby(); break;
            case Role.Fencing: StepFencing(); break;
            case Role.Taking: StepTaking(); break;
            case Role.Active: StepActive(); break;
            case Role.Releasing: StepReleasing(); break;
            case Role.Stopped: StepStopped(); break;
        }

        CheckRelay();
    }

    private void Become(Role to, string reason)
    {
        Transitions.Demand(_role, to, reason);
        var from = _role;
        _role = to;
        _sendNow = true;
        Emit(new NodeEffect.RoleChanged(from, to, reason));
    }

    private void Emit(NodeEffect effect) => _effects.Add(effect);

    private void Say(EventSeverity severity, string kind, string text) => Emit(new NodeEffect.Event(severity, kind, text));

    private static string Ms(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
