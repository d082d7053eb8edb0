using System.Net;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Director.Sync;
using HaLvs.Director.Sync.Certificates;
using HaLvs.Heartbeat;
using HaLvs.Linux;

namespace HaLvs.Director;

/// <summary>Makes the sync engine of a pair from its identity; a single director has none.</summary>
internal static class SyncParts
{
    public static SyncEngine? Make(NodeIdentity identity, DataPlane dataPlane, Action<NodeInput> post, EventLog events)
    {
        if (identity is not { Peer: { Sync: { } peerListen } peer, Self.Sync: { } listen })
            return null;
        var certificate = NodeCertificate.Load(identity.Model.Cluster, identity.Name);
        return new SyncEngine(
            new SyncIdentity
            {
                Cluster = identity.Model.Cluster.Name,
                Node = identity.Name,
                Peer = peer.Name,
                Incarnation = identity.Incarnation,
                ConfigurationHash = identity.Model.Hash,
                Listen = listen,
                PeerListen = peerListen,
                External = OwnAddress(identity.Model.Network.External),
                Internal = OwnAddress(identity.Model.Network.Internal),
                SoftwareVersion = ThisProgram.Version,
                Certificate = certificate.Certificate,
                Authority = certificate.Authority,
            },
            dataPlane, post, (severity, text) => events.Add(severity, "sync", text));
    }

    /// <summary>The first IPv4 address of the interface; any (0.0.0.0) when it has none, and then there is no relay.</summary>
    private static IPAddress OwnAddress(string device)
    {
        using var netlink = new Rtnetlink();
        var link = netlink.GetLink(device);
        return netlink.ListAddresses(System.Net.Sockets.AddressFamily.InterNetwork, link.Index).FirstOrDefault()?.Address ?? IPAddress.Any;
    }
}
