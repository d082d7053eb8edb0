using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Tests.Guard;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Nat;

/// <summary>ICMP errors about connections whose sequence numbers are moved: who gets one finds its own segment in it.</summary>
public sealed class QuoteTranslationTests
{
    private static readonly SequenceShift Shift = new(0, -777_777, -777_777);

    [Theory]
    [InlineData(false, false, 28)]
    [InlineData(false, true, 28)]
    [InlineData(false, false, 44)]
    [InlineData(false, true, 44)]
    [InlineData(true, false, 48)]
    [InlineData(true, true, 48)]
    [InlineData(true, false, 64)]
    [InlineData(true, true, 64)]
    public void Sequence_ShiftedFlow_QuoteIsWhatItsSenderSent(bool v6, bool byClient, int quoted)
    {
        (string client, string server, string web) = v6
            ? ("[2001:db8:c::11]:40001", "[fd00::2]:80", "[2001:db8::100]:80")
            : ("192.0.2.11:40001", "10.0.0.2:80", "192.0.2.100:80");
        TestDirector director = Shifted(client, server, web, byClient);
        byte[] sent = byClient ? Wire.Tcp(client, web, "A", "data", 9_000_000, 5) : Wire.Tcp(server, client, "A", "data", 9_000_000, 5);
        byte[] left = director.Send(sent)!;
        int ip = v6 ? 40 : 20;
        Assert.Equal(9_000_000u - 777_777u, TcpTalk.Sequence(left));

        string from = byClient ? server : "[2001:db8:f::1]:1";
        from = byClient || v6 ? from : "198.51.100.1:1";
        string to = byClient ? client : web;
        byte[] error = director.Send(Wire.Icmp(Bare(from), Bare(to), v6 ? (byte)2 : (byte)3, v6 ? (byte)0 : (byte)4, 1300, left[..quoted]))!;
        Assert.True(ReferenceChecksum.IsValid(error));
        Assert.Equal(sent[ip..quoted], error[(ip + 8 + ip)..]);
    }

    /// <summary>An established connection as a peer would tell of it, one direction moved.</summary>
    private static TestDirector Shifted(string client, string server, string web, bool byClient)
    {
        TestDirector active = new TestDirector().Service($"{web}/tcp", "rr", server);
        new TcpTalk(active, client, server, web).Open();
        ConnectionRecord record = Assert.Single(active.Connections()) with { ClientShift = byClient ? Shift : default, ServerShift = byClient ? default : Shift };
        TestDirector standby = new TestDirector().Service($"{web}/tcp", "rr", server);
        Assert.True(standby.Core.ApplyRemote(new ConnectionChange(ConnectionChangeKind.Upsert, record), standby.Now));
        return standby;
    }

    private static string Bare(string end) => Wire.Address(end).ToString();
}
