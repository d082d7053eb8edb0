using System.Net;
using System.Security.Cryptography.X509Certificates;
using HaLvs.Director.Runtime;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Director.Sync;

/// <summary>Who this node is, who its peer is, and where both are. Immutable but for what a reload may change (<see cref="SyncEngine.ConfigurationHash"/>).</summary>
public sealed record SyncIdentity
{
    public required string Cluster { get; init; }

    public required string Node { get; init; }

    public required string Peer { get; init; }

    public required Incarnation Incarnation { get; init; }

    public required ulong ConfigurationHash { get; init; }

    /// <summary>This node's [[node]].sync address: the sync service listens here and nowhere else.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The peer's [[node]].sync address.</summary>
    public required IPEndPoint PeerListen { get; init; }

    /// <summary>This node's own address on its external interface; told to the peer for the relay after a handover.</summary>
    public required IPAddress External { get; init; }

    /// <summary>This node's own address on its internal interface.</summary>
    public required IPAddress Internal { get; init; }

    public required string SoftwareVersion { get; init; }

    /// <summary>This node's certificate with its private key.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>The cluster's own authority: the only one that counts.</summary>
    public required X509Certificate2 Authority { get; init; }

    /// <summary>The run-time services that travel beside the connections; null: none do.</summary>
    public IRuntimeReplica? Runtime { get; init; }
}
