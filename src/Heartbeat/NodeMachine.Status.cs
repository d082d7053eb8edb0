using System.Collections.Immutable;
using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat;

/// <summary>What an operator sees. Never fed back.</summary>
public sealed partial class NodeMachine
{
    public NodeStatus Status(TimeSpan now) => new(
        _config.Node, _role, Holding ? _epochHeld : _epochKnown, _incarnation.Counter, ActiveName(), _inSync, PeerStatus(now),
        [.. _links.Select(link => link.Status(now))], Blocked(), Progress(), RejectedFrames());

    private string? ActiveName() =>
        _role == Role.Active ? _config.Node
        : _words is { Role: Role.Active } && _evidence.Current is not { PeerIsOff: true } ? _config.Peer
        : null;

    private PeerStatus? PeerStatus(TimeSpan now) => _config.Peer is null ? null : new PeerStatus(
        Peer, _words?.Role, _peerAlive, _words is { } words && words.Says(HeartbeatBits.InSync), _session.Verified?.Counter ?? 0,
        _words?.EpochKnown ?? 0, now - _lastFresh, _sameConfiguration, _evidence.Current is { PeerIsOff: true });

    private FenceProgress? Progress() => _fence is { } fence ? new FenceProgress(fence.Request, Peer, fence.FailedAttempts, fence.Detail) : null;

    private ImmutableArray<(string Reason, long Count)> RejectedFrames() =>
        [.. Enum.GetValues<RejectReason>().Where(reason => _rejected[(int)reason] > 0).Select(reason => (reason.Text(), _rejected[(int)reason]))];

    private string? Blocked() => _role switch
    {
        Role.Passive when _config.Peer is not null && _now - _startedAt >= _config.Start => BlockedPassive(),
        Role.Fencing => BlockedFencing(),
        Role.Standby => BlockedStandby(),
        Role.Releasing when _releaseError is not null => $"the addresses could not be released: {_releaseError}; trying again",
        _ => null,
    };

    private string BlockedPassive()
    {
        var power = !_config.CanFencePeer ? "and no fence device tells its power"
            : _peerPower is not { } read ? "and its power was not read yet"
            : read.On is true ? $"and its power reads on ({read.Detail})"
            : $"and its power is unknown ({read.Detail})";
        return $"not taking over: {Peer} was not heard since our start {power}. Reconnect a heartbeat link, or, after checking that it is off: halvs fence {Peer} --confirm";
    }

    private string BlockedFencing()
    {
        if (_fence is { FailedAttempts: > 0 } failed)
            return $"not taking over: {Peer} is lost, but it could not be confirmed off ({failed.FailedAttempts} failed: {failed.Detail}); trying again. After checking that it is off: halvs fence {Peer} --confirm";
        if (_fence is not null) return $"not taking over yet: {Peer} is lost and is being fenced";
        var wait = HoldFire - (_now - _lostAt);
        return $"holding fire for at most {Ms(wait)}: {HoldFireReason() ?? "about to fire"}. To shoot now: halvs fence {Peer}";
    }

    private string? BlockedStandby()
    {
        if (_takeError is not null && _now < _takeAgainAt) return $"not taking over: {_takeError}; next try in {Ms(_takeAgainAt - _now)}";
        if (_peerAlive || _evidence.Current is not null || MayShootPeer || _config.Peer is null) return null;
        return $"not taking over: {Peer} is lost and {(_config.CanFencePeer ? "we have no right to fence it" : "no fence device for it is configured")}. After checking that it is off: halvs fence {Peer} --confirm";
    }
}
