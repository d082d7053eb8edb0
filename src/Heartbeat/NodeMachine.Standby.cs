using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat;

/// <summary>Passive and Standby: wait, follow, ask.</summary>
public sealed partial class NodeMachine
{
    private static readonly TimeSpan PowerReadEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PowerReadPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(1);

    private TimeSpan _nextPowerRead;
    private bool _powerReadPending;
    private (bool? On, string Detail)? _peerPower;
    private TimeSpan? _noHolderSince;
    private bool _inSync;
    private bool _wasLastActive;

    /// <summary>The peer's epoch of which our table is a complete copy, perhaps an old one; null: we have none.</summary>
    private ulong? _copyOfEpoch;

    private bool HasTable => _inSync || _wasLastActive;

    /// <summary>Ready for a planned handover to us (I11).</summary>
    private bool Eligible => _role == Role.Standby && _inSync && _now >= _takeAgainAt;

    private void StepPassive()
    {
        if (_config.Peer is null && _evidence.Current is null)
            _evidence.Record(new Evidence(EvidenceKind.SingleDirector, 0, 0, "single director: no peer is configured"));
        if (_evidence.Current is not null) BeginTaking();
        else if (_now - _startedAt >= _config.Start) AskPower();
    }

    private void AskPower()
    {
        if (!_config.CanFencePeer || _now < _nextPowerRead) return;
        _powerReadPending = true;
        _nextPowerRead = _now + PowerReadPatience;
        Emit(new NodeEffect.ReadPower(Peer));
    }

    /// <summary>Only counts while the peer is still unheard: a reading that comes late is about a time that is gone.</summary>
    private void OnPowerRead(NodeInput.PowerRead power)
    {
        if (!_powerReadPending) return;
        _powerReadPending = false;
        _nextPowerRead = _now + PowerReadEvery;
        var before = _peerPower;
        _peerPower = (power.On, power.Detail);
        if (_role != Role.Passive) return;
        if (power.On == false) RecordPeerOff(EvidenceKind.PowerReadOff, $"power of {Peer} reads off ({power.Detail}) and it was not heard since our start");
        else if (before?.On != power.On || before is null) Say(EventSeverity.Alarm, "blocked", BlockedPassive());
    }

    private void BecomeStandby(string reason)
    {
        _noHolderSince = null;
        Become(Role.Standby, reason);
    }

    private void StepStandby()
    {
        WatchEarly();
        if (_stopping is not null) Stop("told to stop");
        else if (_peerAlive) FollowPeer();
        else if (_evidence.Current is not null) BeginTaking();
        else if (MayShootPeer) BecomeFencing();
    }

    private void FollowPeer()
    {
        if (PeerStopped && _evidence.Current is null)
            _evidence.Record(new Evidence(EvidenceKind.PeerStopped, _session.Verified!.Value.Counter, 0, $"{Peer} released and left"));
        if (PeerHolds) FollowHolder();
        else if (_evidence.Current is not null) BeginTaking();
        else if (_handedOverUntil is null && _words is not null) AskWhenOurTurn();
    }

    private void FollowHolder()
    {
        _noHolderSince = null;
        if (_grant is { } grant && _words!.Value.EpochHeld >= grant.Epoch) _grant = null;
        if (_words!.Value.Role == Role.Active) ForgetOldTable(_words.Value.EpochHeld);
        if (_words.Value.Says(HeartbeatBits.HandoverOffer) && Eligible) Ask();
        else if (_words.Value.Role == Role.Active) _request = null;
        WishFailback();
    }

    /// <summary>Nobody holds: the one with the better table first, then the preferred one; the other after a while, in case the first cannot.</summary>
    private void AskWhenOurTurn()
    {
        _noHolderSince ??= _now;
        if (_now < _takeAgainAt) return;
        var (own, peers) = (TableRank(HasTable, _copyOfEpoch is not null), PeersTableRank());
        var first = own == peers ? _preferred : own > peers;
        if ((first && _grant is null) || _now - _noHolderSince >= AskPatience) Ask();
    }

    private int PeersTableRank() => TableRank(_words!.Value.Says(HeartbeatBits.HasTable), _words.Value.Says(HeartbeatBits.HasOldCopy));

    private static int TableRank(bool newest, bool old) => newest ? 2 : old ? 1 : 0;

    /// <summary>Somebody else serves under an epoch of which we have no copy: what we have is worth nothing any more.</summary>
    private void ForgetOldTable(ulong epochHeld)
    {
        _wasLastActive = false;
        if (!_inSync && _copyOfEpoch != epochHeld) _copyOfEpoch = null;
    }

    private void OnSyncState(bool inSync)
    {
        if (inSync && _words is { } words) _copyOfEpoch = words.EpochHeld;
        if (_inSync == inSync) return;
        _inSync = inSync;
        _inSyncSince = _now;
        _sendNow = true;
    }
}
