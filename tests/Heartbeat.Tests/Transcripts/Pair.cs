using System.Globalization;
using System.Text;
using HaLvs.Heartbeat.Roles;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat.Tests.Transcripts;

/// <summary>
/// Two machines on one virtual clock, driven by the commands of a transcript. Frames pass at once; persist, take, release and drain answer at once
/// unless told to fail; fences, power readings and data-plane signs come only as commands. What a machine emits is written down, except sends and leases.
/// </summary>
public sealed class Pair
{
    private static readonly byte[][] Keys = [[.. Enumerable.Range(1, 32).Select(i => (byte)i)]];
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(25);
    private static readonly string[] Names = ["director-a", "director-b"];
    private static readonly string[] Links = ["udp", "serial"];

    private readonly NodeMachine?[] _machines = new NodeMachine?[2];
    private readonly ulong[] _counters = new ulong[2];
    private readonly ulong[] _epochs = new ulong[2];
    private readonly bool[] _paused = new bool[2];
    private readonly bool[] _drainFails = new bool[2];
    private readonly string?[] _persistError = new string?[2];
    private readonly string?[] _takeError = new string?[2];
    private readonly HashSet<(int From, int Link)> _cut = [];
    private readonly Queue<(int To, NodeInput Input)> _pending = new();
    private readonly List<(int From, byte[] Bytes)> _recorded = [];
    private readonly StringBuilder _log = new();
    private bool _fenceable = true;
    private TimeSpan _now = TimeSpan.Zero;

    public string Do(string command)
    {
        _log.Clear();
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Do(words[0], words.Length > 1 ? words[1] : "", string.Join(' ', words.Skip(2)));
        Drain();
        return _log.ToString();
    }

    private void Do(string verb, string who, string rest)
    {
        switch (verb)
        {
            case "run": RunFor(Duration(who)); break;
            case "boot": Boot(Index(who)); break;
            case "crash": _machines[Index(who)] = null; break;
            case "pause": _paused[Index(who)] = true; break;
            case "continue": _paused[Index(who)] = false; break;
            case "cut": Cut(who, true); break;
            case "heal": Cut(who, false); break;
            case "no-fence-device": _fenceable = false; break;
            case "power": Input(who, new NodeInput.PowerRead(rest switch { "on" => true, "off" => false, _ => null }, "test device")); break;
            case "sight": Input(who, new NodeInput.DataPlaneSign(Enum.Parse<DataPlaneSight>(rest, ignoreCase: true))); break;
            case "fence": FenceReport(Index(who), rest); break;
            case "sync": Input(who, new NodeInput.SyncState(rest == "yes")); break;
            case "pings": Pings(who, rest); break;
            case "device": Device(who, rest); break;
            case "switchover": Input(who, new NodeInput.OperatorSwitchover(rest.Length > 0 ? rest : null)); break;
            case "order-fence": Input(who, new NodeInput.OperatorFence(Names[1 - Index(who)])); break;
            case "confirm": Input(who, new NodeInput.OperatorConfirm(Names[1 - Index(who)], "alice")); break;
            case "stop": Input(who, new NodeInput.Stop()); break;
            case "disk": _persistError[Index(who)] = rest == "ok" ? null : rest; break;
            case "addresses": _takeError[Index(who)] = rest == "ok" ? null : rest; break;
            case "drain": _drainFails[Index(who)] = rest == "fails"; break;
            case "replay": Replay(Index(who)); break;
            case "forge": Forge(Index(who), rest); break;
            case "claim": Claim(Index(who), rest); break;
            case "status": Status(Index(who)); break;
            case "may-fire": Say($"{_machines[Index(who)]!.MayFire(ulong.Parse(rest, CultureInfo.InvariantCulture), _now)}"); break;
            default: throw new ArgumentException($"unknown command {verb}");
        }
    }

    private static int Index(string name) => name switch { "a" => 0, "b" => 1, _ => throw new ArgumentException($"no node {name}") };

    private static TimeSpan Duration(string text) => text.EndsWith("ms", StringComparison.Ordinal)
        ? TimeSpan.FromMilliseconds(double.Parse(text[..^2], CultureInfo.InvariantCulture))
        : TimeSpan.FromSeconds(double.Parse(text[..^1], CultureInfo.InvariantCulture));

    private void Boot(int node)
    {
        var config = new NodeMachineConfig
        {
            Cluster = "web",
            Node = Names[node],
            Peer = Names[1 - node],
            Links = Links,
            CanFencePeer = _fenceable,
            ConfigurationHash = 1,
        };
        var counter = ++_counters[node];
        _paused[node] = false;
        _machines[node] = new NodeMachine(config, new Incarnation(counter, counter + 100, (counter * 1000) + (ulong)node + 1), _epochs[node], Keys, _now);
    }

    private void RunFor(TimeSpan time)
    {
        for (var end = _now + time; _now < end;)
        {
            _now += TickEvery;
            for (var i = 0; i < 2; i++)
                if (!_paused[i] && _machines[i] is { } machine) Note(i, machine.Tick(_now));
            Drain();
        }
    }

    private void Drain()
    {
        while (_pending.TryDequeue(out var next))
            if (!_paused[next.To] && _machines[next.To] is { } machine) Note(next.To, machine.Step(next.Input, _now));
    }

    private void Input(string who, NodeInput input) => _pending.Enqueue((Index(who), input));

    private void Note(int node, IReadOnlyList<NodeEffect> effects)
    {
        foreach (var effect in effects.ToArray()) Note(node, effect);
    }

    private void Note(int node, NodeEffect effect)
    {
        if (effect is NodeEffect.Send send)
        {
            Send(node, send.Bytes.ToArray());
            return;
        }

        if (effect is NodeEffect.RenewLease) return;
        Say($"{_now.TotalMilliseconds,7:0} {(char)('a' + node)} {Text(effect)}");
        if (Answer(node, effect) is { } answer) _pending.Enqueue((node, answer));
        if (effect is NodeEffect.Stopped) _machines[node] = null;
    }

    private NodeInput? Answer(int node, NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.PersistEpoch persist:
                if (_persistError[node] is null) _epochs[node] = persist.Epoch;
                return new NodeInput.EpochPersisted(persist.Epoch, _persistError[node]);
            case NodeEffect.TakeAddresses take: return new NodeInput.AddressesTaken(take.Epoch, _takeError[node]);
            case NodeEffect.ReleaseAddresses: return new NodeInput.AddressesReleased(null);
            case NodeEffect.DrainSync: return new NodeInput.SyncDrained(!_drainFails[node]);
            default: return null;
        }
    }

    private void Send(int from, byte[] bytes)
    {
        _recorded.Add((from, bytes));
        for (var link = 0; link < Links.Length; link++)
            if (!_cut.Contains((from, link))) _pending.Enqueue((1 - from, new NodeInput.Frame(link, bytes)));
    }

    /// <summary>"udp", "serial", "all", or "a" / "b": everything that this node sends.</summary>
    private void Cut(string what, bool down)
    {
        for (var from = 0; from < 2; from++)
        {
            for (var link = 0; link < Links.Length; link++)
            {
                if (what != "all" && what != Links[link] && what != (from == 0 ? "a" : "b")) continue;
                if (down) _cut.Add((from, link));
                else _cut.Remove((from, link));
            }
        }
    }

    private void Pings(string who, string rest)
    {
        var parts = rest.Split('/');
        Input(who, new NodeInput.Pings(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture)));
    }

    private void Device(string who, string rest)
    {
        var parts = rest.Split(' ');
        Input(who, new NodeInput.LinkDevice(Array.IndexOf(Links, parts[0]), parts[1] == "back", parts[1]));
    }

    private void FenceReport(int node, string outcome)
    {
        var request = _machines[node]!.Status(_now).Fence?.Request ?? 0;
        var result = outcome switch { "off" => FenceOutcome.ConfirmedOff, "failed" => FenceOutcome.AttemptFailed, _ => FenceOutcome.Cancelled };
        _pending.Enqueue((node, new NodeInput.FenceReport(request, result, "test device")));
    }

    /// <summary>Every frame that the other one ever sent, again, on both links.</summary>
    private void Replay(int to)
    {
        foreach (var (from, bytes) in _recorded.ToArray())
        {
            if (from == to) continue;
            for (var link = 0; link < Links.Length; link++) _pending.Enqueue((to, new NodeInput.Frame(link, bytes)));
        }
    }

    private void Forge(int to, string how)
    {
        var bytes = _recorded.FindLast(entry => entry.From != to).Bytes.ToArray();
        if (how == "truncated") bytes = bytes[..50];
        else if (how == "own") bytes = _recorded.FindLast(entry => entry.From == to).Bytes;
        else if (how == "bit") bytes[30] ^= 1;
        else if (how == "cluster") bytes = Edit(bytes, words => words with { Cluster = 1 });
        else if (how == "sender") bytes = Edit(bytes, words => words with { Sender = 1 });
        else throw new ArgumentException($"unknown forgery {how}");
        _pending.Enqueue((to, new NodeInput.Frame(0, bytes)));
    }

    /// <summary>A signed, fresh message that says what cannot be: "EPOCH" holds it too.</summary>
    private void Claim(int from, string epoch)
    {
        var held = ulong.Parse(epoch, CultureInfo.InvariantCulture);
        var bytes = Edit(_recorded.FindLast(entry => entry.From == from).Bytes, words => words with
        {
            Sequence = words.Sequence + 1,
            Role = Role.Active,
            Flags = words.Flags | HeartbeatBits.Holding,
            EpochHeld = held,
            EpochKnown = held,
        });
        _pending.Enqueue((1 - from, new NodeInput.Frame(0, bytes)));
    }

    private static byte[] Edit(byte[] bytes, Func<HeartbeatMessage, HeartbeatMessage> edit)
    {
        var codec = new HeartbeatCodec(Keys);
        Assert.Equal(RejectReason.None, codec.Decode(bytes, out var words));
        return codec.Encode(edit(words));
    }

    private void Status(int node)
    {
        var s = _machines[node]!.Status(_now);
        Say($"{s.Node} {s.Role} epoch {s.Epoch} active {s.Active ?? "null"}; peer {s.Peer!.Role?.ToString() ?? "unheard"}{(s.Peer.Alive ? " alive" : "")}{(s.Peer.ConfirmedOff ? " off" : "")}");
        Say($"links {string.Join(", ", s.Links.Select(link => $"{link.Name} {link.State}"))}");
        if (s.RejectedFrames.Length > 0) Say($"rejected {string.Join(", ", s.RejectedFrames.Select(entry => $"{entry.Reason} {entry.Count}"))}");
        if (s.Blocked is { } blocked) Say($"blocked: {blocked}");
    }

    private void Say(string line) => _log.Append(line).Append('\n');

    private static string Text(NodeEffect effect) => effect switch
    {
        NodeEffect.Event e => $"  {e.Severity} {e.Kind}: {e.Text}",
        NodeEffect.RoleChanged r => $"{r.From} -> {r.To}: {r.Reason}",
        NodeEffect.PersistEpoch p => $"PersistEpoch {p.Epoch}",
        NodeEffect.TakeAddresses t => $"TakeAddresses {t.Epoch} ({t.Evidence})",
        NodeEffect.ReleaseAddresses r => $"ReleaseAddresses{(r.HoldForHandover ? " hold" : "")} ({r.Reason})",
        NodeEffect.DrainSync d => $"DrainSync within {d.Within.TotalMilliseconds:0} ms",
        NodeEffect.Fence f => $"Fence {f.Request} {f.Target} ({f.Reason})",
        NodeEffect.CancelFence c => $"CancelFence {c.Request}",
        NodeEffect.ReadPower r => $"ReadPower {r.Target}",
        NodeEffect.WatchDataPlane w => $"WatchDataPlane {(w.On ? "on" : "off")}",
        _ => effect.GetType().Name,
    };
}
