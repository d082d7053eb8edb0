using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>
/// Two scripted ends with the director between them. The server's script is the record's. The client's acknowledgements are the record's as long as the
/// client has received what it received there, and follow when we sent it something else. We may differ from the record only so:
/// <list type="bullet">
/// <item>same bytes again: a repeated segment leaves as it left before (the kernel lets a repeated 227 show the inside address);</item>
/// <item>reply read as a line: a 227 that the kernel let pass although it was asked for leaves with the virtual address;</item>
/// <item>exact acknowledgement: one that ends within replaced text (the kernel's is off by the change of length);</item>
/// <item>foreign address not opened: no LISTEN entry for an address that is neither end's own;</item>
/// <item>line opened: a LISTEN entry for a port that a line names which the kernel did not read, and the connection to it;</item>
/// <item>kernel lost it: an acknowledgement that entered the kernel and did not leave.</item>
/// </list>
/// </summary>
internal sealed partial class FtpReplay(JsonElement record)
{
    private readonly TestDirector _director = new();
    private readonly List<(TcpText Entered, TcpText Left)> _left = [];
    private readonly Dictionary<(string Flow, uint Sequence, string Text), TcpText> _sent = [];
    private readonly List<(uint From, int Change)> _client = [];
    private readonly StringBuilder _clientSaid = new();
    private readonly StringBuilder _serverSaid = new();
    private readonly DeviationCounts _deviations = new();
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
                KernelSettings.Set(_director, sysctl.Name, sysctl.Value.GetInt32());
            }
        }

        foreach (JsonElement step in record.GetProperty("steps").EnumerateArray())
        {
            _director.Now += 50;
            if (step.TryGetProperty("connections", out JsonElement connections))
            {
                CheckConnections(connections);
            }
            else if (step.TryGetProperty("step", out JsonElement what))
            {
                Play(step, what.GetString()!);
            }
            else if (step.TryGetProperty("ipvsadm", out JsonElement command))
            {
                IpvsadmCommands.Run(_director, command.GetString()!);
            }
            else if (step.TryGetProperty("sysctl", out JsonElement sysctl))
            {
                KernelSettings.Set(_director, sysctl.GetString()!, step.GetProperty("value").GetInt32());
            }
            else if (step.TryGetProperty("wait_seconds", out JsonElement wait))
            {
                _director.Wait(wait.GetDouble());
            }
            else
            {
                Assert.True(step.TryGetProperty("action", out _), $"Unknown step: {step}");
            }
        }

        return _played;
    }

    private void Play(JsonElement step, string what)
    {
        foreach (JsonElement packet in InOrder(step))
        {
            TcpText bytes = new(Convert.FromHexString(packet.GetProperty("hex").GetString()!));
            if (packet.GetProperty("dir").GetString()!.StartsWith("director", StringComparison.Ordinal))
            {
                Claim(bytes, $"{what} {packet.GetProperty("n")}");
            }
            else
            {
                Enter(bytes, packet.GetProperty("dir").GetString()!.StartsWith("client", StringComparison.Ordinal));
            }
        }

        foreach ((TcpText entered, TcpText left) in _left)
        {
            bool acknowledges = entered.Text.Length == 0 && entered.HasAck && !entered.IsSyn && !entered.IsReset;
            Assert.True(acknowledges, $"{what}: left too much: {left}");
            Deviate("kernel lost it");
        }

        _left.Clear();
    }

    private void Enter(TcpText packet, bool fromClient)
    {
        _played++;
        _director.Now++;
        if (fromClient && packet.HasAck && IsControl(packet.To))
        {
            packet.Acknowledgement = Moved(packet.Acknowledgement);
            packet.Summed();
        }

        (fromClient ? _clientSaid : _serverSaid).Append(packet.Text);
        long passed = _director.Core.Counters.PassedPackets;
        if (_director.Send(packet.Packet) is { } left)
        {
            TcpText gone = new(_director.Core.Counters.PassedPackets > passed ? WirePacket.WithOneHopMore(left) : left);
            _left.Add((packet, gone));
            Assert.True(ReferenceChecksum.IsValid(left), $"checksum: {gone}");
        }
    }

    private void Claim(TcpText kernels, string what)
    {
        bool toClient = IsControl(kernels.From);
        if (toClient)
        {
            kernels.Sequence = Moved(kernels.Sequence);
            kernels.Summed();
        }

        int at = _left.FindIndex(p => p.Left.Packet.AsSpan().SequenceEqual(kernels.Packet) && !IsRepeatedDifferently(p.Entered, p.Left));
        at = at >= 0 ? at : _left.FindIndex(p => IsBetter(p.Entered, p.Left, kernels));
        Assert.True(at >= 0, $"{what}\nexpected {kernels}\nleft     {string.Join("\n         ", _left.Select(p => p.Left))}");
        (TcpText entered, TcpText left) = _left[at];
        _left.RemoveAt(at);
        if (left.Text.Length > 0)
        {
            _sent.TryAdd(KeyOf(entered), left);
        }
    }

    private bool IsRepeatedDifferently(TcpText entered, TcpText left) =>
        _sent.TryGetValue(KeyOf(entered), out TcpText? first) && (first.Sequence, first.Text) != (left.Sequence, left.Text);

    private bool IsBetter(TcpText entered, TcpText left, TcpText kernels)
    {
        if (left.From == kernels.From && _sent.TryGetValue(KeyOf(entered), out TcpText? first))
        {
            return (first.Sequence, first.Text) == (left.Sequence, left.Text) && Deviate("same bytes again");
        }

        if (kernels.IsReset && left.IsSyn && entered.IsSyn && entered.To == kernels.From)
        {
            return Named(_serverSaid.ToString()).Contains(int.Parse(entered.To.Split(':')[1], null)) && Deviate("line opened");
        }

        return (left.From, left.To) == (kernels.From, kernels.To) && (IsReplyRead(left, kernels) || IsExact(left, kernels));
    }

    /// <summary>The kernel's segment with the virtual address in the place of the server's, asked for by a whole PASV line of the client.</summary>
    private bool IsReplyRead(TcpText left, TcpText kernels)
    {
        string[] own = [.. _director.Connections().Where(c => c.VirtualPort == 21).Select(c => c.Server.ToString().Replace('.', ','))];
        string virtualAddress = left.From.Split(':')[0].Replace('.', ',');
        bool asked = _clientSaid.ToString().Contains("PASV\r\n", StringComparison.OrdinalIgnoreCase);
        if (!asked || own.Any(o => left.Text.Contains(o, StringComparison.Ordinal)) || left.Sequence != kernels.Sequence || left.Text == kernels.Text)
        {
            return false;
        }

        int common = left.Text.Zip(kernels.Text).TakeWhile(p => p.First == p.Second).Count();
        string rest = kernels.Text[common..];
        bool names = Regex.IsMatch(kernels.Text, @"\d+,") && left.Text.Contains(virtualAddress, StringComparison.Ordinal);
        bool sameEnd = names && (rest.Length == 0 || left.Text.EndsWith(kernels.Text[^Math.Min(rest.Length, 2)..], StringComparison.Ordinal));
        if (sameEnd || ContinuesSplit(left, kernels))
        {
            _client.Add((kernels.Sequence + (uint)left.Text.Length, left.Text.Length - kernels.Text.Length));
            return Deviate("reply read as a line");
        }

        return false;
    }

    /// <summary>A later part of a reply that was cut within the address: bytes of the virtual address, then what the server wrote behind its own.</summary>
    private static bool ContinuesSplit(TcpText left, TcpText kernels) =>
        kernels.Text.Length < 40 && Regex.IsMatch(kernels.Text, @"^[\d,]+") && Regex.IsMatch(left.Text, @"^[\d,]*");

    private bool IsExact(TcpText left, TcpText kernels)
    {
        int apart = (int)(left.Acknowledgement - kernels.Acknowledgement);
        TcpText same = new([.. kernels.Packet]) { Acknowledgement = left.Acknowledgement };
        return apart is > -16 and < 16 && same.Summed().Packet.AsSpan().SequenceEqual(left.Packet) && Deviate("exact acknowledgement");
    }

    private void CheckConnections(JsonElement connections)
    {
        string[] expected = [.. connections.EnumerateArray().Select(c =>
            $"{c.GetProperty("client")} {c.GetProperty("virtual")} {c.GetProperty("server")} {c.GetProperty("state")}")];
        string[] actual = [.. _director.Connections().Select(Describe)];
        ConnectionRecord[] controls = [.. _director.Connections().Where(c => c.State != ConnectionState.Listen && c.ControlVirtualPort == 0)];
        foreach (string missing in expected.Except(actual))
        {
            string[] parts = missing.Split(' ');
            bool own = controls.Any(c => parts[0].StartsWith($"{c.Client}:", StringComparison.Ordinal) && parts[2].StartsWith($"{c.Server}:", StringComparison.Ordinal));
            Assert.True(parts[3] == "LISTEN" && !own, $"missing: {missing}; there are {string.Join("; ", actual)}");
            Deviate("foreign address not opened");
        }

        foreach (string more in actual.Except(expected))
        {
            ushort[] ports = [.. more.Split(' ').Take(2).Select(e => ushort.Parse(e.Split(':')[1], null))];
            bool named = Named(_serverSaid.ToString()).Contains(ports[1]) || Named(_clientSaid.ToString()).Contains(ports[0]);
            Assert.True(named, $"too much: {more}; expected {string.Join("; ", expected)}");
            Deviate("line opened");
        }
    }

    /// <summary>Ports that whole lines name.</summary>
    private static HashSet<int> Named(string said) =>
    [
        .. SixNumbers().Matches(said).Select(m => (int.Parse(m.Groups[1].Value, null) << 8) + int.Parse(m.Groups[2].Value, null)),
        .. Bars().Matches(said).Select(m => int.Parse(m.Groups[1].Value, null)),
    ];

    private static string Describe(ConnectionRecord c) =>
        $"{c.Client.WithPort(c.ClientPort)} {c.Virtual.WithPort(c.VirtualPort)} {c.Server.WithPort(c.ServerPort)} {KernelNames.Of(c.State)}";

    private static (string Flow, uint Sequence, string Text) KeyOf(TcpText entered) => ($"{entered.From} {entered.To}", entered.Sequence, entered.Text);

    private static bool IsControl(string end) => end.EndsWith(":21", StringComparison.Ordinal) && end.StartsWith("192.0.2.", StringComparison.Ordinal);

    /// <summary>A number of the stream that the client receives: the record's, moved by what we sent more (or less) before it.</summary>
    private uint Moved(uint number)
    {
        uint moved = number;
        foreach ((uint from, int change) in _client)
        {
            moved += (int)(moved + (uint)change - from) >= 0 ? (uint)change : 0;
        }

        return moved;
    }

    private bool Deviate(string kind) => _deviations.Add(kind);

    private static IEnumerable<JsonElement> InOrder(JsonElement step) =>
        new[] { "client_side", "server_side" }
            .Where(side => step.TryGetProperty(side, out _))
            .SelectMany(side => step.GetProperty(side).EnumerateArray())
            .OrderBy(packet => packet.GetProperty("n").GetInt32());

    [GeneratedRegex(@"\d+,\d+,\d+,\d+,(\d+),(\d+)")]
    private static partial Regex SixNumbers();

    [GeneratedRegex(@"\|(\d+)\|\)?\r?\n")]
    private static partial Regex Bars();
}
