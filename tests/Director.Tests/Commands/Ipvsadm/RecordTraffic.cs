using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Opening;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Director.Tests.Commands.Ipvsadm;

/// <summary>
/// The actions of the records as packets. Sizes are those of the recorded machines: SYN 52 bytes, ACK 40, answers of UDP 44. An end without an
/// address is that of the sentence before it. A transfer of MiB has the packets that the record counted (segmentation offload decides their number).
/// </summary>
internal sealed partial class RecordTraffic(IpvsadmMachine machine, JsonElement steps)
{
    private const string Vip = "192.0.2.100";
    private string _client = "";
    private int _step = -1;
    private long[] _bulk = new long[5];

    public static ForwardingCoreOptions Options { get; } = new()
    {
        Capacity = 4096,
        VirtualAddresses = [Ip.Parse(Vip)],
        Seed = 42,
        MarkRules = [new MarkRule(7, new IpPrefix(Ip.Parse("203.0.113.0"), 24))],
    };

    /// <summary>After a transfer of many packets the rates depend on how it fell into the two-second intervals.</summary>
    public bool RatesAreChance { get; private set; }

    public void Act(string text, int step)
    {
        _step = step;
        foreach (string clause in Clauses().Split(text).Select(c => c.Trim()).Where(c => c.Length > 0 && !Remarks().IsMatch(c)))
        {
            Do(clause);
        }
    }

    private void Do(string clause)
    {
        if (Passes().Match(clause) is { Success: true } passes)
        {
            machine.Wait(double.Parse(passes.Groups[1].Value, CultureInfo.InvariantCulture));
        }
        else if (clause.StartsWith("ten datagrams", StringComparison.Ordinal))
        {
            Enumerable.Range(0, 10).ToList().ForEach(i => Datagram($"192.0.2.14:{43000 + i}", $"{Vip}:53", 1000));
        }
        else if (Bulk().IsMatch(clause))
        {
            Transfer(End(clause));
        }
        else if (clause.Contains("datagram", StringComparison.Ordinal))
        {
            int count = clause.Contains("two", StringComparison.Ordinal) ? 2 : 1;
            Enumerable.Range(0, count).ToList().ForEach(_ => Datagram(End(clause), Target(clause), 5));
        }
        else if (clause.Contains("open", StringComparison.Ordinal) || clause.Contains("tries", StringComparison.Ordinal))
        {
            Clients(clause).ForEach(client => Open(client, Target(clause)));
        }
        else if (Exchange().Match(clause) is { Success: true } sizes)
        {
            string client = End(clause);
            Send(client, $"{Vip}:80", "PA", Size(sizes, 1));
            Answer(client, "A", 0);
            Answer(client, "PA", Size(sizes, 2));
            Send(client, $"{Vip}:80", "A");
        }
        else if (clause.Contains("closes", StringComparison.Ordinal))
        {
            Close(End(clause));
        }
        else
        {
            throw new NotSupportedException($"no packets are known for \"{clause}\"");
        }
    }

    private readonly Dictionary<string, (string Server, string Virtual)> _open = [];

    private void Open(string client, string target)
    {
        if (Send(client, target, "S") is not { } forwarded || forwarded[9] != 6)
        {
            return;
        }

        _open[client] = (Ends(forwarded).To, target);
        Answer(client, "SA", 0);
        Send(client, target, "A");
    }

    private void Close(string client)
    {
        string target = _open[client].Virtual;
        Send(client, target, "FA");
        Answer(client, "A", 0);
        Answer(client, "FA", 0);
        Send(client, target, "A");
    }

    private void Datagram(string client, string target, int bytes)
    {
        byte[] forwarded = machine.Send(Wire.Udp(client, target, new string('x', bytes))) ?? throw new InvalidOperationException("the datagram was not forwarded");
        machine.Send(Wire.Udp(Ends(forwarded).To, client, new string('y', 16)));
    }

    private byte[]? Send(string client, string target, string flags, int bytes = 0) => machine.Send(Sized(client, target, flags, bytes));

    /// <summary>A transfer sends the same packet thousands of times.</summary>
    private readonly Dictionary<(string, string, string, int), byte[]> _sized = [];

    private void Answer(string client, string flags, int bytes) => machine.Send(Sized(_open[client].Server, client, flags, bytes));

    /// <summary>A SYN has 12 bytes of options.</summary>
    private byte[] Sized(string from, string to, string flags, int bytes)
    {
        if (_sized.TryGetValue((from, to, flags, bytes), out byte[]? known))
        {
            return known;
        }

        bool syn = flags.Contains('S', StringComparison.Ordinal);
        byte[] packet = Wire.Tcp(from, to, flags, new string('\u0001', syn ? 12 : bytes));
        packet[32] = syn ? (byte)0x80 : packet[32];
        return _sized[(from, to, flags, bytes)] = packet;
    }

    /// <summary>Opens a connection to :443 and carries what the next exact listing counts more than the one before.</summary>
    private void Transfer(string client)
    {
        RatesAreChance = true;
        long[] counted = NextCount();
        long[] more = [.. counted.Zip(_bulk, (now, before) => now - before)];
        _bulk = counted;
        Open(client, $"{Vip}:443");
        Carry(more[1] - 2, more[3] - 92, bytes => Send(client, $"{Vip}:443", "A", bytes));
        Carry(more[2] - 1, more[4] - 52, bytes => Answer(client, "A", bytes));
    }

    private static void Carry(long packets, long bytes, Action<int> send)
    {
        long payload = bytes - (40 * packets);
        for (long left = packets; left > 0; left--)
        {
            long share = payload / left;
            payload -= share;
            send((int)share);
        }
    }

    private long[] NextCount()
    {
        string listing = steps.EnumerateArray().Skip(_step).First(s => s.TryGetProperty("command", out JsonElement c) && c.GetString()!.EndsWith("--stats --exact", StringComparison.Ordinal))
            .GetProperty("stdout").GetString()!;
        string line = listing.Split('\n').First(l => l.StartsWith($"TCP  {Vip}:443 ", StringComparison.Ordinal));
        return [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2..].Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
    }

    private List<string> Clients(string clause)
    {
        Match range = Range().Match(clause);
        string first = End(clause);
        int last = range.Success ? int.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture) : Wire.Port(first);
        return [.. Enumerable.Range(Wire.Port(first), last - Wire.Port(first) + 1).Select(port => $"{_client}:{port}")];
    }

    /// <summary>"192.0.2.11:40001", ":40003" or "40001" at the beginning of the clause.</summary>
    private string End(string clause)
    {
        Match end = Client().Match(clause);
        _client = end.Groups[1].Length > 0 ? end.Groups[1].Value : _client;
        return $"{_client}:{end.Groups[2].Value}";
    }

    private static string Target(string clause)
    {
        Match end = Destination().Match(clause);
        return $"{(end.Groups[1].Length > 0 ? end.Groups[1].Value : Vip)}:{end.Groups[2].Value}";
    }

    private static int Size(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static (string From, string To) Ends(byte[] packet) => (
        $"{packet[12]}.{packet[13]}.{packet[14]}.{packet[15]}:{(packet[20] << 8) | packet[21]}",
        $"{packet[16]}.{packet[17]}.{packet[18]}.{packet[19]}:{(packet[22] << 8) | packet[23]}");

    [GeneratedRegex(@"; |, which has|, then server\)| and (?=:\d+ opens)")]
    private static partial Regex Clauses();

    /// <summary>What follows from the packets and needs none.</summary>
    [GeneratedRegex(@"^(no server|each is answered)")]
    private static partial Regex Remarks();

    [GeneratedRegex(@"^([\d.]+) s pass")]
    private static partial Regex Passes();

    [GeneratedRegex(@"sends \d+ MiB")]
    private static partial Regex Bulk();

    [GeneratedRegex(@"sends (\d+) bytes and receives (\d+)")]
    private static partial Regex Exchange();

    [GeneratedRegex(@"\.\.(\d+)")]
    private static partial Regex Range();

    [GeneratedRegex(@"^(\d+\.\d+\.\d+\.\d+)?:?(\d+)")]
    private static partial Regex Client();

    [GeneratedRegex(@"(?:opens|to|tries) (\d+\.\d+\.\d+\.\d+)?:(\d+)")]
    private static partial Regex Destination();
}
