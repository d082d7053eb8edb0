using HaLvs.Heartbeat.Peers;
using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat;

/// <summary>Frames in: signature, cluster, name, freshness; then what the peer says and whether it lives (I4, I8).</summary>
public sealed partial class NodeMachine
{
    private readonly ulong _cluster;
    private readonly ulong _self;
    private readonly ulong _peerName;
    private readonly long[] _rejected = new long[Enum.GetValues<RejectReason>().Length];

    private HeartbeatMessage? _words;
    private TimeSpan? _lastFresh;
    private TimeSpan _lostAt;
    private bool _peerAlive;
    private bool _sameConfiguration = true;
    private ulong _configurationHash;
    private ulong? _peerConfigurationHash;

    private bool PeerHolds => _words is { } words && words.Says(HeartbeatBits.Holding);

    private bool PeerStopped => _words is { Role: Role.Stopped };

    private string Peer => _config.Peer ?? "nobody";

    private void OnFrame(NodeInput.Frame frame)
    {
        if ((uint)frame.Link >= (uint)_links.Length)
        {
            _rejected[(int)RejectReason.UnknownLink]++;
            return;
        }

        var reason = _codec.Decode(frame.Bytes.Span, out var message);
        if (reason == RejectReason.None) reason = Address(message);
        if (reason != RejectReason.None)
        {
            Reject(frame.Link, reason);
            return;
        }

        var verdict = _session.Judge(message, frame.Link);
        if (verdict.NewNonce) _sendNow = true;
        if (verdict.Reject != RejectReason.None) Reject(frame.Link, verdict.Reject);
        else OnFresh(message, verdict, frame.Link);
    }

    private RejectReason Address(in HeartbeatMessage message) =>
        message.Cluster != _cluster ? RejectReason.WrongCluster
        : message.Sender == _self ? RejectReason.OwnMessage
        : message.Sender != _peerName ? RejectReason.UnknownSender
        : RejectReason.None;

    private void Reject(int link, RejectReason reason)
    {
        var first = _rejected[(int)reason]++ == 0;
        _links[link].Rejected();
        if (first && reason is not (RejectReason.NotFresh or RejectReason.Replayed))
            Say(EventSeverity.Warning, "rejected", $"link {_links[link].Name} brought a heartbeat that does not count: {reason.Text()} (told once; status counts)");
    }

    private void OnFresh(in HeartbeatMessage message, PeerVerdict verdict, int link)
    {
        _links[link].Heard(_now);
        _lastFresh = _now;
        if (verdict.NewIncarnation) OnNewIncarnation(message.Incarnation);
        if (_evidence.Current is { Kind: EvidenceKind.FenceConfirmed } && !verdict.NewIncarnation)
            Say(EventSeverity.Alarm, "fence", $"{Peer} was read back as off but its old life still speaks: its fence device lies; check the cabling and the outlet mapping");
        _evidence.PeerHeard(verdict.NewIncarnation);
        if (!_peerAlive) OnPeerAlive(verdict.NewIncarnation);
        if (!verdict.Newest) return;
        _words = message;
        _peerConfigurationHash = message.ConfigurationHash;
        NoteConfiguration();
        ConsiderGrant(message);
        ConsiderRequest(message);
        LearnEpoch(message.EpochKnown);
    }

    private void OnNewIncarnation(ulong counter)
    {
        (_words, _grant) = (null, null);
        _toldHolding = false;
        Say(EventSeverity.Notice, "peer", $"{Peer} speaks as incarnation {counter}");
    }

    private void OnPeerAlive(bool newIncarnation)
    {
        _peerAlive = true;
        _noHolderSince = null;
        if (!newIncarnation) Say(EventSeverity.Notice, "peer", $"{Peer} is heard again");
        if (_fence is { Operator: false }) CancelFence($"{Peer} is heard");
        if (_role is Role.Passive or Role.Fencing) BecomeStandby($"{Peer} is heard");
    }

    /// <summary>Lost means: silent on every link for dead, and our own ears were open meanwhile.</summary>
    private void CheckPeerSilence()
    {
        if (!_peerAlive || !PeerIsSilent(_now)) return;
        _peerAlive = false;
        _lostAt = _now;
        _request = null;
        Say(EventSeverity.Warning, "peer", $"{Peer} is lost: no link brought a fresh message for {Ms(_now - _lastFresh!.Value)}; its last words were {_words?.Role.ToString() ?? "none"}");
    }

    private bool PeerIsSilent(TimeSpan now) => _lastFresh is { } heard && now - heard >= _config.Dead && now >= _deafUntil;

    /// <summary>A reload changed our file: the new hash travels from now on.</summary>
    private void OnConfigurationChanged(ulong hash)
    {
        _configurationHash = hash;
        _sendNow = true;
        NoteConfiguration();
    }

    private void NoteConfiguration()
    {
        if (_peerConfigurationHash is not { } peers) return;
        var same = peers == _configurationHash;
        if (same == _sameConfiguration) return;
        _sameConfiguration = same;
        if (same) Say(EventSeverity.Notice, "configuration", $"{Peer} has the same configuration file again");
        else Say(EventSeverity.Warning, "configuration", $"{Peer} runs with another configuration file: copy one to the other node and reload both");
    }

    private void OnLinkDevice(NodeInput.LinkDevice device)
    {
        if ((uint)device.Link >= (uint)_links.Length)
            throw new ArgumentOutOfRangeException(nameof(device), device.Link, $"there are {_links.Length} links");
        _links[device.Link].Device(device.Usable, device.Detail);
    }

    private static string Word(LinkState state) => state.ToString().ToLowerInvariant();

    private void CheckLinks()
    {
        if (_now < _deafUntil) return;
        foreach (var link in _links)
        {
            var before = link.State;
            if (!link.Update(_now, _config.Warn, _config.Dead)) continue;
            var severity = link.State is LinkState.Down or LinkState.Absent ? EventSeverity.Warning : EventSeverity.Info;
            Say(severity, "link", $"{link.Name}: {Word(before)} → {Word(link.State)}{(link.Status(_now).Detail is { } detail ? $" ({detail})" : "")}");
        }
    }
}
