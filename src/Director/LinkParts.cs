using HaLvs.Director.Configuration;
using HaLvs.Director.Loops;
using HaLvs.Director.Loops.Links;
using HaLvs.Heartbeat;

namespace HaLvs.Director;

/// <summary>Makes the heartbeat links. They pair up by position: link i of one node talks to link i of the other.</summary>
internal static class LinkParts
{
    public static IReadOnlyList<IHeartbeatLink> Make(NodeIdentity identity, Inbox<NodeInput> inbox)
    {
        if (identity.Peer is not { } peer)
            return [];
        return [.. identity.Self.Links.Zip(peer.Links).Select((pair, number) => Make(number, pair.First, pair.Second, inbox))];
    }

    private static IHeartbeatLink Make(int number, LinkModel own, LinkModel peers, Inbox<NodeInput> inbox) => (own, peers) switch
    {
        (LinkModel.Udp udp, LinkModel.Udp peer) => new UdpLink(number, udp.Local, peer.Local, inbox),
        (LinkModel.Serial serial, LinkModel.Serial) => new SerialLink(number, serial.Device, serial.Baud, inbox),
        _ => throw new DirectorStartException($"link {number} is {own.Text} here and {peers.Text} there: links pair up by position and must be of one kind"),
    };
}
