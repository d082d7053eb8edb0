using HaLvs.Heartbeat.Roles;

namespace HaLvs.Heartbeat;

/// <summary>VIP down, verified gone, then *released* (I7); and the orderly stop.</summary>
public sealed partial class NodeMachine
{
    private static readonly TimeSpan ReleaseAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);
    private const int StoppedBeatsNeeded = 3;

    private Role _afterRelease;
    private bool _releasePending;
    private TimeSpan _releaseAgainAt;
    private string? _releaseError;
    private TimeSpan? _stopping;
    private bool _left;

    private void Release(string reason, bool hold, Role then)
    {
        _afterRelease = _stopping is null ? then : Role.Stopped;
        if (!hold) _handover = null;
        if (_fence is { Operator: false }) EndFence(reason);
        Become(Role.Releasing, reason);
        AskRelease(hold, reason);
    }

    private void AskRelease(bool hold, string reason)
    {
        _releasePending = true;
        Emit(new NodeEffect.ReleaseAddresses(hold, reason));
    }

    private void OnAddressesReleased(NodeInput.AddressesReleased released)
    {
        if (_role != Role.Releasing || !_releasePending) return;
        _releasePending = false;
        if (released.Error is { } error)
        {
            _releaseAgainAt = _now + ReleaseAgain;
            if (_releaseError is null) Say(EventSeverity.Alarm, "release", $"the addresses could not be released: {error}; trying again, saying nothing to {Peer}");
            _releaseError = error;
            return;
        }

        _releaseError = null;
        _evidence.Released();
        if (_handover is not null) DrainForHandover();
        else EndRelease("addresses are verified gone");
    }

    private void StepReleasing()
    {
        if (_stopping is { } deadline && _now >= deadline) Leave();
        if (_releaseError is not null && !_releasePending && _now >= _releaseAgainAt) AskRelease(hold: false, "again: the last try failed");
        if (_handover is { DrainBy: { } drainBy } && _now >= drainBy) OnSyncDrained(complete: false);
    }

    private void EndRelease(string reason)
    {
        if (_afterRelease == Role.Stopped || _stopping is not null) Stop(reason);
        else BecomeStandby(reason);
    }

    private void OnStop()
    {
        if (_stopping is not null) return;
        _stopping = _now + StopWithin;
        Say(EventSeverity.Notice, "stop", "told to stop");
        if (_role == Role.Active) StartHandover("told to stop");
        else if (_role is Role.Passive or Role.Fencing) Stop("told to stop");
        else if (_role == Role.Taking && !_addressesAsked) BecomeStandby("told to stop");
    }

    /// <summary>From here this incarnation never takes again, which is evidence for the peer.</summary>
    private void Stop(string reason)
    {
        if (DataPlaneMayBeUp)
        {
            Release(reason, hold: false, Role.Stopped);
            return;
        }

        EndFence(reason);
        Watch(false);
        (_request, _grant, _wishUntil) = (null, null, null);
        _evidence.Promised();
        Become(Role.Stopped, reason);
    }

    private void StepStopped()
    {
        _stopping ??= _now + StopWithin;
        var told = _stoppedBeats >= StoppedBeatsNeeded || _config.Peer is null;
        if (_now >= _stopping || (told && !RelayIsOwed)) Leave();
    }

    private void Leave()
    {
        if (_left) return;
        _left = true;
        Emit(new NodeEffect.Stopped());
    }
}
