using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat;

/// <summary>Frames out and the forwarder's lease. News travel at once, everything else with the interval.</summary>
public sealed partial class NodeMachine
{
    private ulong _sequence;
    private TimeSpan _nextBeat;
    private bool _toldHolding;
    private int _stoppedBeats;
    private NodeInput.Pings _pings = new(0, 0);

    private void Beat()
    {
        if (_config.Peer is null || (!_sendNow && _now < _nextBeat)) return;
        _sendNow = false;
        _nextBeat = _now + _config.Interval;
        if (_role == Role.Stopped) _stoppedBeats++;
        if (_peerAlive) _toldHolding = Holding;
        Emit(new NodeEffect.Send(-1, _codec.Encode(OwnWords())));
    }

    private HeartbeatMessage OwnWords() => new()
    {
        Role = _role,
        Flags = OwnFlags(),
        PingsAnswering = (byte)Math.Clamp(_pings.Answering, 0, byte.MaxValue),
        PingsConfigured = (byte)Math.Clamp(_pings.Configured, 0, byte.MaxValue),
        Cluster = _cluster,
        Sender = _self,
        Incarnation = _incarnation.Counter,
        BootId = _incarnation.BootId,
        Nonce = _session.Nonce,
        Echo = _session.Echo,
        Sequence = ++_sequence,
        EpochKnown = _epochKnown,
        EpochHeld = Holding ? _epochHeld : 0,
        ConfigurationHash = _configurationHash,
        Request = _request?.Number ?? 0,
        RequestEpoch = _request?.Epoch ?? 0,
        Granted = _grant?.Number ?? 0,
        GrantedTo = _grant?.Incarnation ?? 0,
        GrantedEpoch = _grant?.Epoch ?? 0,
    };

    private HeartbeatBits OwnFlags() =>
        Flag(Holding, HeartbeatBits.Holding)
        | Flag(_inSync, HeartbeatBits.InSync)
        | Flag(HasTable, HeartbeatBits.HasTable)
        | Flag(_copyOfEpoch is not null, HeartbeatBits.HasOldCopy)
        | Flag(_peerAlive, HeartbeatBits.HearsYou)
        | Flag(_wishUntil is not null, HeartbeatBits.SwitchoverWish)
        | Flag(_handover is not null, HeartbeatBits.HandoverOffer);

    private static HeartbeatBits Flag(bool on, HeartbeatBits flag) => on ? flag : HeartbeatBits.None;

    /// <summary>The lease ends by itself when we do not come back here in time: a hung director does not forward (I9).</summary>
    private void RenewLease()
    {
        if (_role == Role.Active || (_role == Role.Taking && _addressesAsked)) Emit(new NodeEffect.RenewLease(_now + _config.Dead));
    }
}
