using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat;

/// <summary>
/// How both agree who takes (I2 a). A node that wants the addresses asks with a number that it never used before; the other, if it does not hold
/// and is not taking, answers that number: a promise not to take without new evidence. Granting drops the granter's own request and evidence, so
/// of two grants that cross neither counts; the preferred node does not drop its request, so that one of the two succeeds.
/// </summary>
public sealed partial class NodeMachine
{
    private (ulong Number, ulong Epoch)? _request;
    private (ulong Number, ulong Incarnation, ulong Epoch)? _grant;
    private ulong _lastRequest;
    private ulong _epochKnown;
    private ulong _epochAsked;

    /// <summary>The two nodes number their epochs apart (even: the lower name), so that no epoch is ever taken twice, not even by nodes that cannot talk.</summary>
    private ulong NextEpoch => _epochKnown + ((_epochKnown & 1) == _parity ? 2UL : 1UL);

    private void Ask()
    {
        if (_request is { } request && request.Epoch > _epochKnown) return;
        _request = (++_lastRequest, NextEpoch);
        _sendNow = true;
        Say(EventSeverity.Info, "grant", $"asks {Peer} for epoch {NextEpoch}");
    }

    private void ConsiderGrant(in HeartbeatMessage message)
    {
        if (_request is not { } request || _role != Role.Standby) return;
        if (message.Granted != request.Number || message.GrantedTo != _incarnation.Counter || message.GrantedEpoch != request.Epoch) return;
        if (message.Says(HeartbeatBits.Holding) || request.Epoch <= _epochKnown) return;
        _evidence.Record(new Evidence(EvidenceKind.PeerReleased, message.Incarnation, request.Epoch, $"released by {Peer}"));
        BeginTaking();
    }

    private void ConsiderRequest(in HeartbeatMessage message)
    {
        if (message.Request == 0 || _role != Role.Standby || message.Says(HeartbeatBits.Holding)) return;
        if (_request is not null && _preferred) return;
        if (message.RequestEpoch <= _epochKnown || _grant?.Number == message.Request) return;
        Grant(message);
    }

    /// <summary>Only from roles that verifiably hold nothing.</summary>
    private void Grant(in HeartbeatMessage message)
    {
        if (_role != Role.Standby) throw new InvalidOperationException($"I7: {_role} may not say released");
        _grant = (message.Request, message.Incarnation, message.RequestEpoch);
        _request = null;
        _evidence.Promised();
        _noHolderSince = _now;
        _sendNow = true;
        Say(EventSeverity.Info, "grant", $"grants epoch {message.RequestEpoch} to {Peer}");
        LearnEpoch(message.RequestEpoch);
    }

    /// <summary>The highest epoch heard of goes to disk too: a node that restarts alone continues above it.</summary>
    private void LearnEpoch(ulong epoch)
    {
        _epochKnown = Math.Max(_epochKnown, epoch);
        if (epoch <= _epochAsked) return;
        _epochAsked = epoch;
        Emit(new NodeEffect.PersistEpoch(epoch));
    }
}
