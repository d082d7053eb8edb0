using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;

namespace HaLvs.Forwarder.Tests.Calls;

/// <summary>Requests of real servers under the engine sip: they leave from the virtual address, and the call is the server's that began it.</summary>
public sealed class ServerCallTests
{
    private const string Phone = "198.51.100.7:5060";

    [Theory]
    [InlineData("-p 360 --pe sip -o")]
    [InlineData("-p 360 --pe sip")]
    public void Request_LeavesFromVip_AnswerAndLaterRequestsComeBack(string options)
    {
        TestDirector director = Sip.Director(options);
        Assert.Equal($"{Sip.Vip} > {Phone} UDP", director.Answer(Sip.Message("10.0.0.2:5060", Phone, "from-server")));
        Assert.Equal($"{Phone} > 10.0.0.2:5060 UDP", director.Answer(Sip.Message(Phone, Sip.Vip, "from-server", "OK")));
        Assert.Equal("10.0.0.2:5060", Sip.Goes(director, "198.51.100.7:7777", "from-server", method: "BYE"));
        ConnectionRecord template = director.Connections().Single(c => c.Kind == ConnectionKind.Template);
        Assert.Equal(("from-server", ConnectionState.Assured, "10.0.0.2"), (template.CallId, template.State, template.Server.ToString()));
        ServiceSnapshot service = Assert.Single(director.Core.SnapshotServices());
        Assert.Equal(options.EndsWith("-o", StringComparison.Ordinal) ? 3 : 2, service.Connections);
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    [Fact]
    public void Request_OfACallThatAnotherServerHas_TakesItOver()
    {
        TestDirector director = Sip.Director();
        Assert.Equal("10.0.0.4:5060", Sip.Goes(director, Phone, "moves"));
        Assert.Equal($"{Sip.Vip} > {Phone} UDP", director.Answer(Sip.Message("10.0.0.2:5060", Phone, "moves")));
        Assert.Equal("10.0.0.2:5060", Sip.Goes(director, Phone, "moves"));
    }

    [Fact]
    public void Request_ToAnEndThatAnotherServerTalksWith_OneConnectionTheNewer()
    {
        TestDirector director = Sip.Director("-p 360 --pe sip");
        Assert.Equal("10.0.0.4:5060", Sip.Goes(director, Phone, "first"));
        Assert.Equal($"{Sip.Vip} > {Phone} UDP", director.Answer(Sip.Message("10.0.0.2:5060", Phone, "second")));
        Assert.Equal("10.0.0.2", Assert.Single(director.Connections(), c => c.Kind == ConnectionKind.Service).Server.ToString());
        Assert.Equal("10.0.0.2:5060", Sip.Goes(director, Phone, "second"));
        Assert.Equal($"{Sip.Vip} > {Phone} UDP", director.Answer(Sip.Message("10.0.0.4:5060", Phone, "first", "OK")));
        Assert.Equal("10.0.0.4:5060", Sip.Goes(director, Phone, "first", method: "ACK"));
        Assert.True(TableCheck.IsWhole(director.Core));
    }

    [Theory]
    [InlineData("10.0.0.2:5061")]
    [InlineData("10.0.0.9:5060")]
    public void Datagram_OfNoServersPort_GoesItsWay(string from)
    {
        TestDirector director = Sip.Director();
        Assert.Equal($"{from} > {Phone} UDP", director.Answer(Sip.Message(from, Phone, "x")));
        Assert.Equal(0, director.Core.ConnectionCount);
    }

    [Fact]
    public void MessageWithoutCallId_MasqueradedLikeAnyOther()
    {
        TestDirector director = Sip.Director(change: o => o with { Masquerade = true, Inside = (Ip.Parse("10.0.0.0"), 24) });
        string answer = director.Answer(Wire.Udp("10.0.0.2:5060", Phone, "\r\n\r\n"));
        Assert.StartsWith("192.0.2.100:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(":5060 > ", answer, StringComparison.Ordinal); // A service's port is nobody's else.
        Assert.Equal(ConnectionKind.Masquerade, Assert.Single(director.Connections()).Kind);
        Assert.Equal($"{Sip.Vip} > 198.51.100.8:5060 UDP", director.Answer(Sip.Message("10.0.0.2:5060", "198.51.100.8:5060", "y")));
        Assert.Equal("10.0.0.2:5060 > 10.0.0.7:5060 UDP", director.Answer(Sip.Message("10.0.0.2:5060", "10.0.0.7:5060", "inside")));
    }

    [Fact]
    public void EngineWithoutPersistence_NoTemplate_YetFromTheVip()
    {
        TestDirector director = new();
        VirtualServiceConfig service = new(TransportProtocol.Udp, Ip.Parse("192.0.2.100"), 5060, "rr", [new(Ip.Parse("10.0.0.2"), 5060, 0)]) { IdleEngine = "sip" };
        director.Core.ApplyServices([service]);
        Assert.Equal($"{Sip.Vip} > {Phone} UDP", director.Answer(Wire.Udp("10.0.0.2:5060", Phone)));
        Assert.Equal($"{Phone} > 10.0.0.2:5060 UDP", director.Answer(Wire.Udp(Phone, Sip.Vip)));
        Assert.Equal(ConnectionKind.Service, Assert.Single(director.Connections()).Kind);
    }

    [Fact]
    public void Request_V6_LeavesFromVip()
    {
        TestDirector director = new();
        Sip.Run(director, "-A -u [2001:db8::100]:5060 -s rr -p 60 --pe sip -o", "-a -u [2001:db8::100]:5060 -r [fd00::2]:5060 -m");
        Assert.Equal("[2001:db8::100]:5060 > [2001:db8:c::1]:5060 UDP", director.Answer(Sip.Message("[fd00::2]:5060", "[2001:db8:c::1]:5060", "six")));
        Assert.Equal("[2001:db8:c::1]:5060 > [fd00::2]:5060 UDP", director.Answer(Sip.Message("[2001:db8:c::1]:5060", "[2001:db8::100]:5060", "six", "OK")));
    }

    [Fact]
    public void Request_TableFull_DroppedNotLeaked()
    {
        TestDirector director = Sip.Director("-p 360 --pe sip", o => o with { Capacity = 2 });
        director.Answer(Sip.Message("10.0.0.2:5060", Phone, "a"));
        director.Answer(Sip.Message(Phone, Sip.Vip, "a", "OK"));
        Assert.Equal("nothing", director.Answer(Sip.Message("10.0.0.2:5060", "198.51.100.8:5060", "b")));
        Assert.True(director.Core.Counters.Dropped(DropReason.TableFull) > 0);
    }
}
