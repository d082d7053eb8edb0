using System.Buffers.Binary;
using System.Security.Cryptography;
using HaLvs.Director.Configuration;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;
using HaLvs.Linux.Netlink;

namespace HaLvs.Director;

/// <summary>What the forwarding core must know of the network: from the model, and the MTUs from the interfaces themselves.</summary>
internal static class CoreOptions
{
    public static ForwardingCoreOptions Of(DirectorModel model, string node)
    {
        NetworkModel network = model.Network;
        using var netlink = new Rtnetlink();
        return new ForwardingCoreOptions
        {
            Capacity = network.ConnectionCapacity,
            VirtualAddresses = [.. network.VirtualAddresses.Select(Ip.From)],
            Masquerade = network.Masquerade,
            Inside = (Ip.From(network.Gateway), network.GatewayPrefixLength),
            Gateway = Ip.From(network.Gateway),
            InsideV6 = network.Gateway6 is null ? null : (Ip.From(network.Gateway6), network.Gateway6PrefixLength),
            GatewayV6 = network.Gateway6 is null ? null : Ip.From(network.Gateway6),
            ExternalMtu = netlink.Link(network.External).MtuBytes,
            InternalMtu = netlink.Link(network.Internal).MtuBytes,
            NodeIndex = Math.Max(model.Nodes.Select(n => n.Name).ToList().IndexOf(node), 0),
            NodeCount = model.Nodes.Length,
            Timeouts = model.Timeouts,
            Ipvs = model.Ipvs,
            Seed = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)),
        };
    }
}
