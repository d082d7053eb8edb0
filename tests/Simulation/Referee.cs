using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Simulation;

/// <summary>
/// Watches with the eyes of a god: it knows power, addresses, leases and the truth about every frame, and takes nothing from the machines but what
/// they do. Its own ledger of evidence is kept apart from the machines'.
/// </summary>
public sealed class Referee(Run run)
{
    private readonly string?[] _evidence = new string?[2];
    private readonly bool[] _heard = new bool[2];
    private readonly TimeSpan?[] _heardFresh = new TimeSpan?[2];
    private readonly TimeSpan[] _rotatedAt = new TimeSpan[2];
    private readonly TimeSpan?[] _peerHadOurs = new TimeSpan?[2];
    private readonly ulong[] _lastTaken = new ulong[2];
    private readonly ulong[] _lastGrant = new ulong[2];
    private readonly ulong[] _request = new ulong[2];
    private readonly TimeSpan[] _bootedAt = new TimeSpan[2];
    private readonly HashSet<ulong> _taken = [];
    private readonly HashSet<(int Node, int Life, int Link, int SenderLife, ulong Sequence)> _delivered = [];
    private ulong _highestTaken;

    public long Checks { get; private set; }

    public void Booted(int node)
    {
        (_evidence[node], _heardFresh[node], _peerHadOurs[node], _lastGrant[node]) = (null, null, null, 0);
        (_request[node], _bootedAt[node], _rotatedAt[node]) = (0, run.World.Now, run.World.Now);
        (_peerHadOurs[1 - node], _heard[node]) = (null, false);
    }

    /// <summary>I1, after every happening. A paused node counts: its kernel goes on until the lease ends.</summary>
    public void CheckHolders()
    {
        Checks++;
        if (run.Nodes[0].Forwards && run.Nodes[1].Forwards && !run.WrongConfirms) Break("I1", "both nodes forward");
    }

    /// <summary>A frame goes out: what it promises must be true now (I7).</summary>
    public void Sent(int node, in HeartbeatMessage words)
    {
        Checks++;
        var releases = words.Granted != 0 || words.Role == Role.Stopped;
        if (releases && run.Nodes[node].AddressesUp) Break("I7", $"{Name(node)} says released with addresses up");
        if (words.Request != 0) _request[node] = words.Request;
        if (words.Granted == 0 || words.Granted == _lastGrant[node]) return;
        _lastGrant[node] = words.Granted;
        _evidence[node] = null;
    }

    /// <summary>
    /// A frame is handed to a machine. Fresh in truth: the first copy on its link, the sender's present life, made after it had a frame of the receiver's.
    /// </summary>
    public void Delivered(int node, int link, Frame frame)
    {
        if (frame.Words is not { } words) return;
        var firstCopy = _delivered.Add((node, run.Nodes[node].Life, link, frame.SenderLife, words.Sequence));
        NoteEvidence(node, frame, words);
        var lives = frame.SenderLife == run.Nodes[1 - node].Life;
        if (lives) NoteHad(1 - node, frame);
        if (_peerHadOurs[node] is not { } had || frame.SentAt < had) return;
        _heard[node] = true;
        if (lives && frame.Original && firstCopy) _heardFresh[node] = run.World.Now;
    }

    /// <summary>Consent outlives the life that gave it, which was the last that could have taken: what comes after it starts passive.</summary>
    private void NoteEvidence(int node, Frame frame, in HeartbeatMessage words)
    {
        if (frame.SentAt < _bootedAt[node]) return;
        if (words.Role == Role.Stopped) _evidence[node] = "peer stopped";
        var answers = words.Granted != 0 && words.Granted == _request[node] && words.GrantedTo == run.Nodes[node].Counter;
        if (answers && !words.Says(HeartbeatBits.Holding)) _evidence[node] = "peer released";
    }

    /// <summary>The receiver now has a frame of the sender that carries its present nonce: from here it can echo it.</summary>
    private void NoteHad(int sender, Frame frame)
    {
        if (_peerHadOurs[sender] is null && frame.SentAt >= _rotatedAt[sender]) _peerHadOurs[sender] = run.World.Now;
    }

    public void PeerOff(int node, string why)
    {
        _evidence[node] = why;
        _rotatedAt[node] = run.World.Now;
        (_heard[node], _heardFresh[node], _peerHadOurs[node]) = (false, null, null);
    }

    public void OwnHandoverFailed(int node) => _evidence[node] ??= "own handover not completed";

    public void Taking(int node, ulong epoch)
    {
        Checks += 4;
        var me = run.Nodes[node];
        if (_evidence[node] is null && !run.WrongConfirms) Break("I2", $"{Name(node)} takes epoch {epoch} without evidence");
        if (me.DiskEpoch < epoch) Break("I7", $"{Name(node)} takes epoch {epoch}, its disk has {me.DiskEpoch}");
        if (!_taken.Add(epoch)) Break("epoch", $"epoch {epoch} is taken twice");
        if (epoch <= _lastTaken[node]) Break("epoch", $"{Name(node)} takes {epoch} after {_lastTaken[node]}");
        if (_evidence[node] is "peer released" or "peer stopped" && epoch <= _highestTaken) Break("epoch", $"{Name(node)} takes {epoch} after {_highestTaken} with the peer's consent");
        if (run.Nodes[1 - node].AddressesUp && run.Nodes[1 - node].Powered && !run.WrongConfirms) Break("I2", $"{Name(node)} takes while the peer's addresses are up ({_evidence[node]})");
        _lastTaken[node] = epoch;
        _highestTaken = Math.Max(_highestTaken, epoch);
        if (_evidence[node] is "peer released" or "own handover not completed") _evidence[node] = null;
    }

    /// <summary>An off command leaves for a device.</summary>
    public void Fires(int node, bool byOperator)
    {
        Checks += 2;
        if (byOperator) return;
        if (!_heard[node]) Break("I5", $"{Name(node)} shoots a peer that it never heard in this life or since it was off");
        if (_heardFresh[node] is { } heard && run.World.Now - heard < run.Timing.Dead) Break("I4", $"{Name(node)} shoots {(run.World.Now - heard).TotalMilliseconds:0} ms after a fresh frame");
    }

    /// <summary>I6: both lost each other at one moment and were otherwise well; then the one that serves survives.</summary>
    public void Cut(int victim, bool byOperator)
    {
        Checks++;
        if (byOperator || !run.Nodes[victim].Forwards || run.PartitionedSince is not { } since) return;
        if (run.TroubleSince(since - run.Timing.Start) || run.Nodes[victim].ServesSince > since - run.Timing.Dead) return;
        Break("I6", $"{Name(victim)} serves visibly and was shot in a plain partition");
    }

    private void Break(string promise, string what)
    {
        run.World.Note($"BROKEN {promise}: {what}");
        throw new BrokenPromiseException(promise, what);
    }

    private static string Name(int node) => Timing.Names[node];
}
