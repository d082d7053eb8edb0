using System.Text;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Helpers;

/// <summary>A control connection through a director, every packet that leaves towards the client searched for the inside address.</summary>
internal sealed class FtpConversation
{
    private readonly Random? _chance;
    private readonly string _inside;
    private readonly string _dotted;

    private readonly StringBuilder _log = new();

    /// <param name="seenAs">The client's end as the server sees it.</param>
    public FtpConversation(TestDirector director, string client, string service, string server, Random? chance = null, string? seenAs = null)
    {
        (Director, _chance) = (director, chance);
        _dotted = server[..server.LastIndexOf(':')].Trim('[', ']');
        _inside = _dotted.Replace('.', ',');
        Client = new SimulatedTcp(client, service, 0xffff_ff00);
        Server = new SimulatedTcp(server, seenAs ?? client, 5000);
        byte[] synAck = Server.SynAck(Director.Send(Client.Syn())!);
        Director.Send(Client.Establish(Director.Send(synAck)!));
    }

    public TestDirector Director { get; set; }

    /// <summary>What went through the director so far: for the message of a test that fails.</summary>
    public string Log => _log.ToString();

    public SimulatedTcp Client { get; }

    public SimulatedTcp Server { get; }

    public IEnumerable<ConnectionRecord> Expected => Director.Connections().Where(c => c.State == ConnectionState.Listen);

    public string ClientSays(string text, params int[] cuts)
    {
        Carry(Client.Write(text, cuts), []);
        return Server.Read();
    }

    public string ServerSays(string text, params int[] cuts)
    {
        Carry([], Server.Write(text, cuts));
        return Client.Read();
    }

    /// <summary>Until everything is acknowledged: with chance, segments get lost, overtake each other and come twice.</summary>
    private void Carry(List<byte[]> inward, List<byte[]> outward)
    {
        for (int round = 0; !(Client.AllAcknowledged && Server.AllAcknowledged); round++)
        {
            Assert.True(round < 200, "The connection stalls.");
            Director.Now++;
            foreach (byte[] segment in Disturbed(outward))
            {
                Outward(segment);
            }

            foreach (byte[] segment in Disturbed(inward))
            {
                Inward(segment);
            }

            (inward, outward) = (Client.Repeat(), Server.Repeat());
        }
    }

    private void Outward(byte[] segment)
    {
        if (Note(segment) is not { } left)
        {
            return;
        }

        string text = Encoding.Latin1.GetString(left);
        Assert.False(text.Contains(_inside, StringComparison.Ordinal) || text.Contains(_dotted, StringComparison.Ordinal), $"leaks: {text}");
        if (Client.Receive(left) && Note(Client.Acknowledge()) is { } answer && !IsLost())
        {
            Server.Receive(answer);
        }
    }

    private void Inward(byte[] segment)
    {
        if (Note(segment) is { } left && Server.Receive(left) && Note(Server.Acknowledge()) is { } answer && !IsLost())
        {
            Client.Receive(answer);
        }
    }

    private byte[]? Note(byte[] segment)
    {
        byte[]? left = Director.Send(segment);
        _log.AppendLine(Said(segment) + "  =>  " + (left is null ? "nothing" : Said(left)));
        return left;
    }

    private static string Said(byte[] packet)
    {
        int at = Wire.HeaderBytes(packet);
        uint number(int offset) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(at + offset));
        return $"{Wire.Describe(packet)} {number(4)} ack {number(8)} \"{Encoding.Latin1.GetString(packet.AsSpan(at + 20)).ReplaceLineEndings("\\n")}\"";
    }

    private bool IsLost() => _chance is not null && _chance.Next(5) == 0;

    private List<byte[]> Disturbed(List<byte[]> segments)
    {
        if (_chance is null)
        {
            return segments;
        }

        List<byte[]> all = [.. segments.SelectMany(s => _chance.Next(6) == 0 ? [s, s] : new[] { s }).Where(_ => !IsLost())];
        for (int i = 0; _chance.Next(2) == 0 && i + 1 < all.Count; i += 2)
        {
            (all[i], all[i + 1]) = (all[i + 1], all[i]);
        }

        return all;
    }
}
