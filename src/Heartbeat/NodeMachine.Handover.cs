using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat;

/// <summary>
/// Planned handover: 1 offer, the standby asks; 2 release and hold packets; 3 drain the sync; 4 grant; 5 the peer is active: relay what still
/// arrives. Because the standby asks before anything is released, a handover to a node that cannot take it costs nothing.
/// </summary>
public sealed partial class NodeMachine
{
    private static readonly TimeSpan OfferPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainWithin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan TakePatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RelayFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RelayBeforeStop = TimeSpan.FromMilliseconds(1200);
    private static readonly TimeSpan WishFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FailbackStable = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FailbackEvery = TimeSpan.FromSeconds(30);

    private Handover? _handover;
    private TimeSpan? _handedOverUntil;
    private bool _relaying;
    private TimeSpan _relayUntil;
    private TimeSpan? _wishUntil;
    private bool _wishSeen;
    private TimeSpan _inSyncSince;
    private TimeSpan _nextFailback;
    private TimeSpan? _fewerPingsSince;

    /// <param name="OfferUntil">The standby must have asked by then.</param>
    /// <param name="DrainBy">Set once the addresses are gone.</param>
    private sealed record Handover(string Reason, TimeSpan OfferUntil, TimeSpan? DrainBy);

    private bool RelayIsOwed => _handedOverUntil is not null || (_relaying && _now < _relayUntil);

    private string? WhyNoHandover() =>
        _config.Peer is null ? "there is no peer"
        : !_peerAlive ? $"{Peer} is not heard"
        : _words is not { Role: Role.Standby } words ? $"{Peer} is {_words?.Role.ToString() ?? "unknown"}, not Standby"
        : !words.Says(HeartbeatBits.InSync) ? $"{Peer} is not in sync yet"
        : null;

    private void StartHandover(string reason)
    {
        if (_handover is not null) return;
        if (WhyNoHandover() is { } refusal)
        {
            RefuseHandover(reason, refusal);
            return;
        }

        _handover = new Handover(reason, _now + OfferPatience, null);
        _sendNow = true;
        Say(EventSeverity.Notice, "switchover", $"offers the addresses to {Peer}: {reason}");
    }

    private void RefuseHandover(string reason, string refusal)
    {
        _handover = null;
        Say(EventSeverity.Warning, "switchover", $"no handover ({reason}): {refusal}");
        if (_stopping is not null && _role == Role.Active) Release("told to stop", hold: false, Role.Stopped);
    }

    private void StepHandover()
    {
        HearWish();
        CompareView();
        if (_role != Role.Active || _handover is not { } handover) return;
        if (WhyNoHandover() is { } refusal) RefuseHandover(handover.Reason, refusal);
        else if (PeerAsks) Release(handover.Reason, hold: true, Role.Standby);
        else if (_now >= handover.OfferUntil) RefuseHandover(handover.Reason, $"{Peer} did not ask for the addresses within {Ms(OfferPatience)}");
    }

    private bool PeerAsks => _words is { Request: not 0 } words && words.RequestEpoch > _epochKnown;

    private void DrainForHandover()
    {
        _handover = _handover! with { DrainBy = _now + DrainPatience };
        Emit(new NodeEffect.DrainSync(DrainWithin));
    }

    private void OnSyncDrained(bool complete)
    {
        if (_role != Role.Releasing || _handover is not { DrainBy: not null } handover) return;
        _handover = null;
        var failure = !complete ? $"{Peer} did not acknowledge every connection in time" : !_peerAlive || !PeerAsks ? $"{Peer} does not ask any more" : null;
        if (failure is null || _stopping is not null) GiveUpAddresses(handover.Reason);
        else TakeBack(failure);
    }

    private void GiveUpAddresses(string reason)
    {
        var asked = _peerAlive && PeerAsks;
        if (asked) _handedOverUntil = _now + TakePatience;
        EndRelease(reason);
        if (asked && _role == Role.Standby) Grant(_words!.Value);
    }

    /// <summary>Nothing was granted, so nobody else can have taken: the addresses come back under a new epoch.</summary>
    private void TakeBack(string failure)
    {
        Say(EventSeverity.Warning, "switchover", $"handover not completed, we take the addresses back: {failure}");
        Emit(new NodeEffect.StopRelay());
        if (_evidence.Current is not { PeerIsOff: true }) // A proof that the peer is off is worth more, and says that it must not be shot again.
            _evidence.Record(new Evidence(EvidenceKind.OwnUncompletedHandover, _session.Verified?.Counter ?? 0, 0, $"own handover not completed: {failure}"));
        _takeAgainAt = _now;
        BeginTaking();
    }

    /// <summary>After the grant: relay as soon as the peer serves, let go when it does not.</summary>
    private void CheckRelay()
    {
        if (_handedOverUntil is { } until)
        {
            if (_peerAlive && _words is { Role: Role.Active }) StartRelay();
            else if (!_peerAlive || (_now >= until && !PeerHolds)) AbandonRelay();
        }

        if (_relaying && _now >= _relayUntil) StopRelay();
    }

    private void StartRelay()
    {
        _handedOverUntil = null;
        _relaying = true;
        _relayUntil = _now + (_stopping is null ? RelayFor : RelayBeforeStop);
        Emit(new NodeEffect.RelayToPeer());
    }

    private void AbandonRelay()
    {
        _handedOverUntil = null;
        Say(EventSeverity.Warning, "switchover", $"{Peer} did not take the addresses that we released for it");
        Emit(new NodeEffect.StopRelay());
    }

    private void StopRelay()
    {
        _relaying = false;
        Emit(new NodeEffect.StopRelay());
    }

    /// <summary>The standby's wish counts once per raising of the flag.</summary>
    private void HearWish()
    {
        var wished = _peerAlive && _words is { } words && words.Says(HeartbeatBits.SwitchoverWish);
        if (wished && !_wishSeen) StartHandover($"{Peer} asked for it");
        _wishSeen = wished;
    }

    private void OnOperatorSwitchover(string? to)
    {
        var target = to ?? (_role == Role.Active ? _config.Peer : _config.Node);
        if (target != _config.Node && target != _config.Peer) Say(EventSeverity.Warning, "switchover", $"refused: there is no node {target}");
        else if (_role == Role.Active) SwitchoverFromHere(target);
        else if (_role == Role.Standby && _peerAlive && PeerHolds) SwitchoverToHere(target);
        else Say(EventSeverity.Warning, "switchover", $"refused: we are {_role} and no active node is heard");
    }

    private void SwitchoverFromHere(string? target)
    {
        if (target == _config.Node) Say(EventSeverity.Warning, "switchover", $"refused: {target} is active already");
        else StartHandover("operator");
    }

    private void SwitchoverToHere(string? target)
    {
        if (target != _config.Node) Say(EventSeverity.Warning, "switchover", $"refused: {target} is active already");
        else if (!_inSync) Say(EventSeverity.Warning, "switchover", "refused: we are not in sync yet");
        else Wish("operator");
    }

    private void Wish(string reason)
    {
        _wishUntil = _now + WishFor;
        _sendNow = true;
        Say(EventSeverity.Notice, "switchover", $"asks {Peer} to hand over: {reason}");
    }

    private void WishFailback()
    {
        if (_wishUntil <= _now) _wishUntil = null;
        if (!_config.AutoFailback || !_preferred || !Eligible || _words is not { Role: Role.Active }) return;
        if (_now - _inSyncSince < FailbackStable || _now < _nextFailback) return;
        _nextFailback = _now + FailbackEvery;
        Wish("automatic failback to the preferred node");
    }

    private void OnPings(NodeInput.Pings pings)
    {
        if (_pings != pings) _sendNow = true;
        _pings = pings;
    }

    /// <summary>Optional: an active that sees less of the network than its standby hands over. It is never evidence, only a reason to ask.</summary>
    private void CompareView()
    {
        var fewer = _peerAlive && _pings.Configured > 0 && _words is { PingsConfigured: > 0 } words && _pings.Answering < words.PingsAnswering;
        if (!fewer) _fewerPingsSince = null;
        else if (_fewerPingsSince is null) _fewerPingsSince = _now;
        else if (_now - _fewerPingsSince > 2 * _config.Dead && _handover is null && WhyNoHandover() is null)
            StartHandover($"{_pings.Answering} of {_pings.Configured} ping targets answer us, {_words!.Value.PingsAnswering} answer {Peer}");
    }
}
