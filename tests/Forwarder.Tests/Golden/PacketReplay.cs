using System.Text.Json;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>
/// What entered a kernel director enters ours, and what left it has to leave ours. We may differ only so:
/// <list type="bullet">
/// <item>time exceeded: the kernel in front of the core answers a TTL of 1 itself;</item>
/// <item>stray SYN+ACK reset: nobody opens with SYN+ACK; what the record shows of the kernel's connection is left out;</item>
/// <item>quote of nothing not passed on: an ICMP error of a server about no known connection shows the inside address;</item>
/// <item>still translated: without any service the kernel translates nothing: inside addresses leak, what answers them is sent by nobody here, and clients of
/// open connections are reset though their service may come back, ours hear nothing;</item>
/// <item>reset not believed: one outside the window leaves the state as it is (RFC 5961);</item>
/// <item>no flags, no news: a segment without SYN, FIN, RST and ACK, which no receiver takes, ends no connection; the kernel's goes to CLOSE;</item>
/// <item>parameter problem translated: the kernel knows three ICMP errors only, lets a server's fourth show the inside address and keeps a client's;</item>
/// <item>quote as it came: what an ICMP error of ours to a server quotes has the TTL that it came with, the kernel's has one less;</item>
/// <item>sent again: what the kernel lost while the commands before the step were still running, and the client repeats.</item>
/// </list>
/// </summary>
internal sealed class PacketReplay(JsonElement record)
{
    private readonly TestDirector _director = new(o => o with { Gateway = Ip.Parse("10.0.0.1") });
    private readonly DeviationCounts _deviations = new();
    private readonly List<WirePacket> _left = [];
    private readonly List<WirePacket> _entered = [];
    private readonly HashSet<string> _strays = [];
    private readonly Dictionary<string, string> _notBelieved = [];
    private bool _excusesTimeExceeded;
    private string _at = "at the beginning";
    private int _steps;
    private int _played;

    public string Deviations => _deviations.ToString();

    public int Run()
    {
        foreach (JsonElement command in record.GetProperty("setup").EnumerateArray())
        {
            IpvsadmCommands.Run(_director, command.GetString()!);
        }

        if (record.TryGetProperty("sysctls", out JsonElement sysctls))
        {
            foreach (JsonProperty sysctl in sysctls.EnumerateObject())
            {
                Set(sysctl.Name, sysctl.Value.GetInt32());
            }
        }

        foreach (JsonElement step in record.GetProperty("steps").EnumerateArray())
        {
            _director.Now += 50;
            _director.Core.Tick(_director.Now);
            Play(step);
        }

        return _played;
    }

    private void Play(JsonElement step)
    {
        if (step.TryGetProperty("ipvsadm", out JsonElement command))
        {
            IpvsadmCommands.Run(_director, command.GetString()!);
        }
        else if (step.TryGetProperty("sysctl", out JsonElement sysctl))
        {
            Set(sysctl.GetString()!, step.GetProperty("value").GetInt32());
        }
        else if (step.TryGetProperty("connections", out JsonElement connections))
        {
            CheckConnections(connections);
        }
        else if (step.TryGetProperty("wait_seconds", out JsonElement wait))
        {
            _director.Wait(wait.GetDouble());
        }
        else if (step.TryGetProperty("step", out JsonElement what))
        {
            PlayPackets(step, what.GetString()!);
        }
        else
        {
            Assert.True(step.TryGetProperty("action", out _), $"Unknown step: {step}");
        }
    }

    private void Set(string name, int value) => KernelSettings.Set(_director, name, value);

    private void PlayPackets(JsonElement step, string what)
    {
        _at = $"after step {++_steps} \"{what}\"";
        foreach (JsonElement packet in InOrder(step))
        {
            WirePacket bytes = new(Convert.FromHexString(packet.GetProperty("hex").GetString()!));
            string direction = packet.GetProperty("dir").GetString()!;
            if (direction.StartsWith("director", StringComparison.Ordinal))
            {
                Leaves(bytes, toClient: direction.EndsWith("client", StringComparison.Ordinal), $"{what} {packet.GetProperty("n")}: {packet.GetProperty("what")}");
            }
            else
            {
                Enters(bytes, fromClient: direction.StartsWith("client", StringComparison.Ordinal));
            }
        }

        _left.RemoveAll(IsParameterProblem);
        Assert.True(_left.Count == 0 || _left.All(IsSentAgain), $"{what}: left too much: {string.Join(", ", _left)}");
        _left.Clear();
        _excusesTimeExceeded = false;
    }

    private void Enters(WirePacket packet, bool fromClient)
    {
        if (packet.TimeToLive == 1)
        {
            _excusesTimeExceeded = true;
            _deviations.Add("time exceeded");
            return;
        }

        if (_strays.Contains(packet.ClientEnd(fromClient)) || (fromClient && AnswersALeak(packet)))
        {
            return; // Nobody sends it here: it answers what our director did not let out.
        }

        if (fromClient && packet.Flags == (TcpFlags.Syn | TcpFlags.Ack) && Flow(packet, fromClient) is null)
        {
            Assert.Equal($"{packet.To} > {packet.From} R", new WirePacket(_director.Send(packet.Bytes)!).ToString());
            _strays.Add(packet.From);
            _deviations.Add("stray SYN+ACK reset");
            return;
        }

        bool withoutService = _director.Core.SnapshotServices().IsEmpty && Flow(packet, fromClient) is not null;
        if (Send(packet) is not { } left)
        {
            return;
        }

        if (withoutService && !fromClient)
        {
            Assert.True(left.To == packet.To && left.From.StartsWith($"{TestDirector.Vip}:", StringComparison.Ordinal), $"not translated: {left}");
            _deviations.Add("still translated");
            return;
        }

        _left.Add(left);
    }

    private WirePacket? Send(WirePacket packet)
    {
        _played++;
        _director.Now++;
        _entered.Add(packet);
        ForwarderCounters counters = _director.Core.Counters;
        long passed = counters.PassedPackets;
        long ignored = counters.IgnoredResets + counters.ChallengedResets;
        byte[]? left = _director.Send(packet.Bytes);
        if (counters.IgnoredResets + counters.ChallengedResets > ignored)
        {
            NotBelieved(packet, "reset not believed");
        }

        if (packet.IsWithoutFlags)
        {
            NotBelieved(packet, "no flags, no news");
        }

        return left is null ? null : new WirePacket(counters.PassedPackets > passed ? WirePacket.WithOneHopMore(left) : left) { Origin = packet };
    }

    private void NotBelieved(WirePacket packet, string why) => _notBelieved[packet.From] = _notBelieved[packet.To] = why;

    private void Leaves(WirePacket kernels, bool toClient, string what)
    {
        int at = _left.FindIndex(p => p.IsSame(kernels));
        if (at >= 0)
        {
            _left.RemoveAt(at);
            return;
        }

        Assert.True(IsExcused(kernels, toClient), $"{what}\nexpected {kernels} {kernels.Hex}\nleft     {string.Join("\n         ", _left.Select(p => $"{p} {p.Hex}"))}");
    }

    private bool IsExcused(WirePacket kernels, bool toClient)
    {
        if (kernels.IcmpType == 11 && _excusesTimeExceeded)
        {
            return true;
        }

        if (_strays.Contains(toClient ? kernels.To : kernels.From))
        {
            return true;
        }

        if (kernels.IcmpType == 12 && _left.RemoveAll(IsParameterProblem) > 0)
        {
            return true;
        }

        if (toClient && kernels.QuotesAnError && _entered[^1].IcmpType == kernels.IcmpType && kernels.Bytes.AsSpan(20).SequenceEqual(_entered[^1].Bytes.AsSpan(20)))
        {
            _deviations.Add("quote of nothing not passed on");
            return true;
        }

        if (!toClient && _left.FindIndex(p => p.WithQuotedHopLess().IsSame(kernels)) is >= 0 and var own)
        {
            _left.RemoveAt(own);
            return _deviations.Add("quote as it came");
        }

        return _director.Core.SnapshotServices().IsEmpty && IsWithoutService(kernels, toClient);
    }

    /// <summary>What a kernel without services lets through, and the resets of its own closed ports to clients whose connection ours still has.</summary>
    private bool IsWithoutService(WirePacket kernels, bool toClient)
    {
        bool leaks = toClient ? Inside(kernels.From) : Inside(kernels.To);
        bool resets = toClient && kernels.Flags.HasFlag(TcpFlags.Rst) && _director.Connections().Any(c => c.Client.WithPort(c.ClientPort) == kernels.To);
        return leaks || resets;
    }

    private bool Inside(string end) => _director.Connections().Any(c => end.StartsWith($"{c.Server}:", StringComparison.Ordinal));

    private bool AnswersALeak(WirePacket packet) => _director.Core.SnapshotServices().IsEmpty && Inside(packet.To);

    /// <summary>It entered as one about a connection of ours, so it leaves translated.</summary>
    private bool IsParameterProblem(WirePacket left) =>
        left.IcmpType == 12 && !left.Bytes.AsSpan(12, 8).SequenceEqual(left.Origin!.Bytes.AsSpan(12, 8)) && _deviations.Add("parameter problem translated");

    /// <summary>The same segment entered before, or it is an acknowledgement alone.</summary>
    private bool IsSentAgain(WirePacket left) =>
        (left.Origin!.IsBareAck || _entered.Any(e => e != left.Origin && e.IsSameSegment(left.Origin))) && _deviations.Add("sent again");

    private ConnectionRecord? Flow(WirePacket packet, bool fromClient)
    {
        foreach (ConnectionRecord c in _director.Connections())
        {
            (string client, string other) = fromClient ? (packet.From, packet.To) : (packet.To, packet.From);
            string own = fromClient ? c.Virtual.WithPort(c.VirtualPort) : c.Server.WithPort(c.ServerPort);
            if (client == c.Client.WithPort(c.ClientPort) && other == own)
            {
                return c;
            }
        }

        return null;
    }

    private static IEnumerable<JsonElement> InOrder(JsonElement step) =>
        new[] { "client_side", "server_side" }
            .Where(side => step.TryGetProperty(side, out _))
            .SelectMany(side => step.GetProperty(side).EnumerateArray())
            .OrderBy(packet => packet.GetProperty("n").GetInt32());

    private void CheckConnections(JsonElement connections)
    {
        string[] expected = [.. connections.EnumerateArray().Where(c => !_strays.Contains(c.GetProperty("client").GetString()!)).Select(Text).Order(StringComparer.Ordinal)];
        string[] actual = [.. _director.Connections().Select(Text).Order(StringComparer.Ordinal)];
        if (!expected.SequenceEqual(actual))
        {
            Assert.True(WithoutStates(expected).SequenceEqual(WithoutStates(actual)), $"{_at}\nexpected {string.Join("\n         ", expected)}\nthere is {string.Join("\n         ", actual)}");
            string[] reasons = [.. expected.Except(actual).SelectMany(l => _notBelieved.Where(n => l.Contains($" {n.Key} ", StringComparison.Ordinal)).Select(n => n.Value)).Distinct()];
            Array.ForEach(reasons, r => _deviations.Add(r));
        }
    }

    /// <summary>States of connections whose reset was not believed are left out.</summary>
    private string[] WithoutStates(string[] lines) =>
        [.. lines.Select(l => _notBelieved.Keys.Any(e => l.Contains($" {e} ", StringComparison.Ordinal)) ? l[..l.LastIndexOf(' ')] : l)];

    private static string Text(JsonElement c) =>
        $"{c.GetProperty("pro")} {c.GetProperty("client")} {c.GetProperty("virtual")} {c.GetProperty("server")} {c.GetProperty("state")}";

    private static string Text(ConnectionRecord c) =>
        $"{c.Protocol.ToString().ToUpperInvariant()} {c.Client.WithPort(c.ClientPort)} {c.Virtual.WithPort(c.VirtualPort)} {c.Server.WithPort(c.ServerPort)} {KernelNames.Of(c.State)}";
}
