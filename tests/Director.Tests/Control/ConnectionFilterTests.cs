using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Tests.Control;

public sealed class ConnectionFilterTests
{
    private static readonly ConnectionRecord Record = new(
        ConnectionKind.Service, TransportProtocol.Tcp, Ip.Parse("198.51.100.7"), 40_000, Ip.Parse("192.0.2.100"), 80, Ip.Parse("10.0.0.3"), 8080,
        ConnectionState.Established, 1000);

    [Theory]
    [InlineData("", "", "", true)]
    [InlineData("198.51.100.7", "192.0.2.100:80", "10.0.0.3:8080", true)]
    [InlineData("198.51.100.8", "", "", false)]
    [InlineData("", "192.0.2.100:81", "", false)]
    [InlineData("", "", "10.0.0.3", true)]
    [InlineData("", "", "10.0.0.3:80", false)]
    [InlineData("2001:db8::7", "", "", false)]
    [InlineData("[2001:db8::7]:40000", "", "", false)]
    public void Matches_EveryEndThatIsGiven(string client, string @virtual, string server, bool expected) => Assert.Equal(
        expected, ConnectionFilter.Of(new ConnectionsRequest { Client = client, Virtual = @virtual, Server = server })!.Matches(Record));

    [Theory]
    [InlineData("web")]
    [InlineData("192.0.2.100:x")]
    [InlineData("[2001:db8::7")]
    public void Of_NoEnd_IsRefused(string text) => Assert.Null(ConnectionFilter.Of(new ConnectionsRequest { Server = text }));

    [Fact]
    public void ToReply_DataConnectionOfAHairpinClient_ShowsControlGatewayAndShift()
    {
        Connection shown = ConnectionTranslation.ToReply(Record with
        {
            Kind = ConnectionKind.Template,
            Traits = ConnectionTraits.Hairpin | ConnectionTraits.HoldsTemplate,
            Mark = 7,
            ControlClientPort = 39_999,
            ControlVirtualPort = 21,
            Gateway = Ip.Parse("10.0.0.1"),
            GatewayPort = 1025,
            ServerShift = new SequenceShift(1, 0, -6),
        });
        Assert.Equal(("template", 7u, "198.51.100.7:39999", "192.0.2.100:21"), (shown.Kind, shown.Mark, shown.ControlClient, shown.ControlVirtual));
        Assert.Equal(("10.0.0.1:1025", -6), (shown.Gateway, shown.ServerShift));
        Assert.Equal(["hairpin", "holds-template"], shown.Traits);
    }
}
