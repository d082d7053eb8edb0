using HaLvs.Heartbeat.Roles;

namespace HaLvs.Heartbeat;

/// <summary>Evidence, epoch on disk, forwarding and addresses, announcements: in this order (I7).</summary>
public sealed partial class NodeMachine
{
    private static readonly TimeSpan TakeBackoffInitial = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TakeBackoffMaximum = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SecondBurst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(30);

    private ulong _epochHeld;
    private ulong _epochPersisted;
    private bool _addressesAsked;
    private TimeSpan _takeAgainAt;
    private TimeSpan _takeBackoff = TakeBackoffInitial;
    private string? _takeError;
    private TimeSpan _nextAnnounce;

    private bool DataPlaneMayBeUp => _role == Role.Active || (_role == Role.Taking && _addressesAsked);

    private void BeginTaking()
    {
        if (_now < _takeAgainAt) return;
        var evidence = _evidence.Current ?? throw new InvalidOperationException("I2: taking without evidence");
        if (_fence is { Operator: false }) EndFence(evidence.Detail);
        Watch(false);
        _epochHeld = evidence.Epoch != 0 ? evidence.Epoch : NextEpoch;
        _epochKnown = Math.Max(_epochKnown, _epochHeld);
        _epochAsked = Math.Max(_epochAsked, _epochHeld);
        (_request, _grant, _addressesAsked, _wishUntil) = (null, null, false, null);
        Become(Role.Taking, evidence.Detail);
        Emit(new NodeEffect.PersistEpoch(_epochHeld));
    }

    private void StepTaking()
    {
        if (_addressesAsked)
        {
            if (_stopping is not null) Stop("told to stop");
            return;
        }

        if (_evidence.Current is null) BecomeStandby("the evidence expired before the addresses came up");
        else if (_peerAlive && PeerHolds) AbandonTaking();
    }

    private void AbandonTaking()
    {
        _evidence.Promised();
        BecomeStandby($"{Peer} says that it holds the addresses");
        Say(EventSeverity.Alarm, "takeover", $"takeover abandoned: {Peer} is alive and says that it holds the addresses");
    }

    private void OnEpochPersisted(NodeInput.EpochPersisted persisted)
    {
        var awaited = _role == Role.Taking && !_addressesAsked && persisted.Epoch == _epochHeld;
        if (persisted.Error is { } error) OnEpochError(persisted.Epoch, error, awaited);
        else if (awaited) TakeAddresses(persisted.Epoch);
    }

    private void OnEpochError(ulong epoch, string error, bool awaited)
    {
        if (awaited) BackOffTaking($"epoch {epoch} could not be written: {error}; free the disk of the state directory");
        else Say(EventSeverity.Warning, "epoch", $"epoch {epoch} could not be written: {error}; a takeover would fail");
        if (awaited) BecomeStandby("the epoch could not be written");
    }

    private void TakeAddresses(ulong epoch)
    {
        _epochPersisted = epoch;
        StepTaking();
        if (_role != Role.Taking) return;
        var evidence = _evidence.Demand(epoch, _epochPersisted, _session.Verified?.Counter ?? 0);
        _addressesAsked = true;
        (_relaying, _handedOverUntil) = (false, null); // Taking ends a relay; a StopRelay after it would take the addresses down again.
        Emit(new NodeEffect.RenewLease(_now + _config.Dead));
        Emit(new NodeEffect.TakeAddresses(epoch, $"{evidence.Kind}: {evidence.Detail}"));
    }

    private void OnAddressesTaken(NodeInput.AddressesTaken taken)
    {
        if (_role != Role.Taking || !_addressesAsked || taken.Epoch != _epochHeld) return;
        if (taken.Error is { } error)
        {
            BackOffTaking($"the addresses could not be taken: {error}");
            Release($"the addresses could not be taken: {error}", hold: false, Role.Standby);
            return;
        }

        BecomeActive();
    }

    private void BecomeActive()
    {
        (_takeBackoff, _takeError) = (TakeBackoffInitial, null);
        _wasLastActive = true;
        _nextAnnounce = _now + SecondBurst;
        Become(Role.Active, $"addresses are up under epoch {_epochHeld}");
    }

    private void BackOffTaking(string error)
    {
        _takeError = error;
        _takeAgainAt = _now + _takeBackoff;
        Say(EventSeverity.Alarm, "takeover", $"{error}; next try in {Ms(_takeBackoff)}");
        _takeBackoff = _takeBackoff * 2 < TakeBackoffMaximum ? _takeBackoff * 2 : TakeBackoffMaximum;
    }

    private void StepActive()
    {
        if (_now >= _nextAnnounce)
        {
            _nextAnnounce = _now + Refresh;
            Emit(new NodeEffect.Announce());
        }

        if (!_peerAlive && _fence is null && MayShootPeer && _now >= _fireAgainAt) StartFence($"{Peer} is lost and we serve", byOperator: false);
        LeaveWhenIsolated();
        if (_role == Role.Active) StepHandover();
    }

    /// <summary>Cannot happen while the promises hold; if it does, one of the two must let go at once.</summary>
    private void CheckTwoHolders()
    {
        if (!DataPlaneMayBeUp || !_peerAlive || !PeerHolds) return;
        var peerEpoch = _words!.Value.EpochHeld;
        if (peerEpoch < _epochHeld || (peerEpoch == _epochHeld && _preferred)) return;
        Say(EventSeverity.Alarm, "two-holders", $"{Peer} holds the addresses under epoch {peerEpoch}, we under {_epochHeld}: we let go; find out why before anything else");
        _evidence.Promised();
        Release($"{Peer} holds under epoch {peerEpoch}", hold: false, Role.Standby);
    }
}
