using HaLvs.Heartbeat.Roles;

namespace HaLvs.Heartbeat;

/// <summary>The peer is lost: who shoots, and when (I4, I5, I6). How it is done is the fence plan's.</summary>
public sealed partial class NodeMachine
{
    private Fence? _fence;
    private ulong _lastFence;
    private TimeSpan _fireAgainAt;
    private bool _watching;
    private DataPlaneSight _sight;
    private int _silentSigns;
    private bool _seenInTheWay;
    private TimeSpan _seenAliveAt;

    private sealed record Fence(ulong Request, bool Operator, int FailedAttempts, string Detail);

    /// <summary>I5: heard since our start, and not confirmed off since; a peer that left in order needs no bullet.</summary>
    private bool MayShootPeer =>
        _config.CanFencePeer && _session.Verified is not null && _evidence.Current is not { PeerIsOff: true } && !PeerStopped;

    /// <summary>
    /// How long ARP without echo holds the fire: a node whose core is stopped does not shoot, and one that is merely wedged has shot by then. Counted
    /// from the last sign of a living core.
    /// </summary>
    private TimeSpan HoldFireForAddressOnly => TimeSpan.FromSeconds(1) + (2 * _config.Dead);

    /// <summary>How long a standby lets the serving node shoot first: it may notice the silence later than we do.</summary>
    private TimeSpan HoldFire => _config.SlowestFence + (2 * _config.Dead);

    /// <summary>Directly before a device is told to power off: still silent on every link, still the same request? (I4)</summary>
    public bool MayFire(ulong request, TimeSpan now)
    {
        if (_fence is not { } fence || fence.Request != request) return false;
        if (fence.Operator) return true;
        return !_peerAlive && PeerIsSilent(now) && now - _now < _config.Dead && _role is Role.Fencing or Role.Active && _fence.Request == request;
    }

    private void BecomeFencing()
    {
        Become(Role.Fencing, $"{Peer} is lost; its last words were {_words?.Role.ToString() ?? "none"}");
        Watch(true);
    }

    private void StepFencing()
    {
        if (_evidence.Current is not null) BeginTaking();
        else if (_fence is null && _now >= _fireAgainAt && HoldFireReason() is null) StartFence($"{Peer} is lost", byOperator: false);
    }

    /// <summary>Null: shoot now. Otherwise why not yet.</summary>
    private string? HoldFireReason()
    {
        var waited = _now - _lostAt;
        if (waited >= HoldFire) return null;
        if (MustYield() && !GrantLiesFallow(waited)) return $"{Peer} shoots first, if it lives";
        return _sight switch
        {
            DataPlaneSight.Alive => "the virtual address still answers",
            DataPlaneSight.AddressOnly when _now - (_seenAliveAt > _lostAt ? _seenAliveAt : _lostAt) < HoldFireForAddressOnly
                => "the virtual address answers ARP, but its forwarding core is silent",
            DataPlaneSight.Blind => "our own external network is down, so we cannot see whether the virtual address answers",
            DataPlaneSight.Silent when _seenInTheWay && _silentSigns < 2 => "the virtual address has just gone silent",
            DataPlaneSight.Unknown when waited < _config.Dead => "the virtual address is being probed",
            _ => null,
        };
    }

    /// <summary>
    /// Two that lost each other must not both shoot at once. The peer shoots at once if it may be serving by our grant, or if the last it heard
    /// of us was that we serve (and we do not any more). If neither ever said so, the preferred one shoots first.
    /// </summary>
    private bool MustYield() =>
        _grant is not null || _toldHolding || (!PeerHolds && !_preferred);

    /// <summary>We granted, and for long enough to see it nobody serves: the peer died before it could take.</summary>
    private bool GrantLiesFallow(TimeSpan waited) =>
        _grant is not null && _sight == DataPlaneSight.Silent && _silentSigns >= 2 && waited >= TakePatience + (2 * _config.Dead);

    /// <summary>Probing takes a moment: it begins with the first sign of trouble, so that the answer is there when it is needed.</summary>
    private void WatchEarly()
    {
        var late = _lastFresh is { } heard && _now - heard >= _config.Warn && PeerHolds && _evidence.Current is null;
        Watch(late);
    }

    private void Watch(bool on)
    {
        if (_watching == on) return;
        _watching = on;
        (_sight, _silentSigns, _seenInTheWay) = (DataPlaneSight.Unknown, 0, false);
        Emit(new NodeEffect.WatchDataPlane(on));
    }

    private void OnDataPlaneSign(DataPlaneSight sight)
    {
        if (!_watching) return;
        _sight = sight;
        _silentSigns = sight == DataPlaneSight.Silent ? _silentSigns + 1 : 0;
        _seenInTheWay |= sight is DataPlaneSight.Alive or DataPlaneSight.AddressOnly or DataPlaneSight.Blind;
        if (sight is DataPlaneSight.Alive) _seenAliveAt = _now;
    }

    private void StartFence(string reason, bool byOperator)
    {
        _fence = new Fence(++_lastFence, byOperator, 0, "under way");
        Say(EventSeverity.Alarm, "fence", $"fences {Peer}: {reason}");
        Emit(new NodeEffect.Fence(_lastFence, Peer, reason));
    }

    private void CancelFence(string reason)
    {
        Emit(new NodeEffect.CancelFence(_fence!.Request));
        Say(EventSeverity.Notice, "fence", $"fence of {Peer} is called off: {reason}");
        _fence = null;
    }

    private void EndFence(string reason)
    {
        if (_fence is not null) CancelFence(reason);
    }

    private void OnFenceReport(NodeInput.FenceReport report)
    {
        if (_fence is not { } fence || fence.Request != report.Request) return;
        switch (report.Outcome)
        {
            case FenceOutcome.ConfirmedOff: OnFenceConfirmed(report.Detail); break;
            case FenceOutcome.AttemptFailed: OnFenceFailed(fence, report.Detail); break;
            case FenceOutcome.Cancelled:
                _fence = null;
                _fireAgainAt = _now + _config.Interval;
                break;
            default: throw new ArgumentOutOfRangeException(nameof(report), report.Outcome, "unknown outcome");
        }
    }

    private void OnFenceConfirmed(string detail)
    {
        _fence = null;
        Say(EventSeverity.Notice, "fence", $"{Peer} is confirmed off: {detail}");
        RecordPeerOff(EvidenceKind.FenceConfirmed, $"{Peer} was fenced and read back as off ({detail})");
    }

    /// <summary>Off is off from here: only what the peer says after hearing our new nonce brings it back.</summary>
    private void RecordPeerOff(EvidenceKind kind, string detail)
    {
        if (_evidence.Current is not { Kind: EvidenceKind.SingleDirector })
            _evidence.Record(new Evidence(kind, _session.Verified?.Counter ?? 0, 0, detail));
        _session.Rotate();
        (_peerAlive, _request, _grant) = (false, null, null);
    }

    private void OnFenceFailed(Fence fence, string detail)
    {
        _fence = fence with { FailedAttempts = fence.FailedAttempts + 1, Detail = detail };
        Say(EventSeverity.Alarm, "fence", $"fence of {Peer} failed ({_fence.FailedAttempts}): {detail}; unknown is not off, so nothing is taken; after checking that it is off: halvs fence {Peer} --confirm");
        if (fence.Operator) CancelFence(_peerAlive ? "it failed, and the peer lives" : "the operator's order failed; the machine decides again");
    }

    private void OnOperatorFence(string target)
    {
        if (target != _config.Peer) Say(EventSeverity.Warning, "fence", $"refused: {target} is not the peer of {_config.Node}");
        else if (!_config.CanFencePeer) Say(EventSeverity.Warning, "fence", $"refused: no fence device can switch {target} off; make sure that it is off, then: halvs fence {target} --confirm");
        else if (_stopping is not null) Say(EventSeverity.Warning, "fence", "refused: this director is stopping");
        else OrderFence();
    }

    private void OrderFence()
    {
        EndFence("the operator orders it");
        StartFence("ordered by an operator", byOperator: true);
    }

    private void OnOperatorConfirm(NodeInput.OperatorConfirm confirm)
    {
        if (confirm.Target != _config.Peer) Say(EventSeverity.Warning, "confirm", $"refused: {confirm.Target} is not the peer of {_config.Node}");
        else if (_peerAlive) Say(EventSeverity.Alarm, "confirm", $"refused: {confirm.Operator} says that {Peer} is off, but it is heard");
        else if (_stopping is not null) Say(EventSeverity.Warning, "confirm", "refused: this director is stopping");
        else AcceptConfirm(confirm);
    }

    private void AcceptConfirm(NodeInput.OperatorConfirm confirm)
    {
        Say(EventSeverity.Alarm, "confirm", $"{confirm.Operator} vouches that {Peer} is off");
        EndFence($"{confirm.Operator} vouches that it is off");
        RecordPeerOff(EvidenceKind.OperatorConfirmed, $"{confirm.Operator} vouches that {Peer} is off");
    }

    /// <summary>
    /// An active that hears neither its peer nor any ping target and cannot reach the peer's power device is most likely the one that is cut off:
    /// it lets go before somebody vouches for its death.
    /// </summary>
    private void LeaveWhenIsolated()
    {
        if (_peerAlive || _pings is not { Configured: > 0, Answering: 0 } || _fence is not { FailedAttempts: > 0 }) return;
        Say(EventSeverity.Alarm, "isolated", $"neither {Peer}, nor a ping target, nor its power device answers: we stop serving");
        Release("isolated: no peer, no ping target, no power device", hold: false, Role.Standby);
    }
}
