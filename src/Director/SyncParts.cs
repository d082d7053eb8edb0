using System.Net;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Director.Runtime;
using HaLvs.Director.Sync;
using HaLvs.Director.Sync.Certificates;
using HaLvs.Heartbeat;

namespace HaLvs.Director;

/// <summary>Makes the sync engine of a pair from its identity; a single director has none.</summary>
internal static class SyncParts
{
    /// <param name="own">This node's own addresses in both networks; any (0.0.0.0) where it has none, and then there is no relay.</param>
    public static SyncEngine? Make(
        NodeIdentity identity, (IPAddress? External, IPAddress? Internal) own, DataPlane dataPlane, IRuntimeReplica runtime, Action<NodeInput> post, EventLog events)
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
                External = own.External ?? IPAddress.Any,
                Internal = own.Internal ?? IPAddress.Any,
                SoftwareVersion = ThisProgram.Version,
                Certificate = certificate.Certificate,
                Authority = certificate.Authority,
                Runtime = runtime,
            },
            dataPlane, post, (severity, text) => events.Add(severity, "sync", WithoutKind(text)));
    }

    /// <summary>Events carry their kind in a column of its own.</summary>
    private static string WithoutKind(string text) => text.StartsWith("sync: ", StringComparison.Ordinal) ? text["sync: ".Length..] : text;
}
