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
    /// <param name="node">This node: by its place in the file it takes ports for new flows from its own half.</param>
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
            InsideV6 = network.Gateway6 is null ? null : (Ip.From(network.Gateway6), network.Gateway6PrefixLength),
            Gateway = Ip.From(network.Gateway),
            GatewayV6 = network.Gateway6 is null ? null : Ip.From(network.Gateway6),
            NodeIndex = model.Nodes.IndexOf(model.NodeNamed(node)),
            NodeCount = model.Nodes.Length,
            SynProxy = model.SynProxy,
            ClientLimits = model.ClientLimits,
            MarkRules = model.Marks,
            ExternalMtu = netlink.Link(network.External).MtuBytes,
            InternalMtu = netlink.Link(network.Internal).MtuBytes,
            Timeouts = model.Timeouts,
            Ipvs = model.Ipvs,
            Seed = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)),
        };
    }
}
