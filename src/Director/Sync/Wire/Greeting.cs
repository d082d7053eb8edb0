using System.Net;
using Google.Protobuf;
using HaLvs.Director.Sync.V1;

namespace HaLvs.Director.Sync.Wire;

/// <summary>Our Hello, and what makes the peer's acceptable.</summary>
public static class Greeting
{
    /// <summary>The schema of sync.proto that this version writes.</summary>
    public const uint Schema = 3;

    /// <summary>The oldest that it still reads.</summary>
    public const uint OldestSchema = 1;

    public static Hello From(SyncIdentity identity, ulong configurationHash)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return new Hello
        {
            Schema = Schema,
            OldestSchema = OldestSchema,
            Cluster = identity.Cluster,
            Node = identity.Node,
            Incarnation = identity.Incarnation.Counter,
            BootId = identity.Incarnation.BootId,
            ConfigurationHash = configurationHash,
            ExternalAddress = ByteString.CopyFrom(identity.External.GetAddressBytes()),
            InternalAddress = ByteString.CopyFrom(identity.Internal.GetAddressBytes()),
            SoftwareVersion = identity.SoftwareVersion,
        };
    }

    /// <summary>Null when the Hello is our peer's and both sides can read each other; otherwise why not. The certificate was checked before.</summary>
    public static string? Refusal(SyncIdentity identity, Hello? hello)
    {
        ArgumentNullException.ThrowIfNull(identity);
        if (hello is null) return "the first message is not a Hello";
        if (hello.Cluster != identity.Cluster) return $"it belongs to cluster \"{Shown(hello.Cluster)}\", this node to \"{identity.Cluster}\"";
        if (hello.Node != identity.Peer) return $"it calls itself \"{Shown(hello.Node)}\", the configured peer is \"{identity.Peer}\"";
        if (hello.Schema < OldestSchema || hello.OldestSchema > Schema)
            return $"it speaks sync schema {hello.OldestSchema} to {hello.Schema}, this node {OldestSchema} to {Schema}: bring both nodes to neighbouring versions";
        return null;
    }

    public static PeerNetwork Network(Hello hello)
    {
        ArgumentNullException.ThrowIfNull(hello);
        return new PeerNetwork(Address(hello.ExternalAddress), Address(hello.InternalAddress), hello.ConfigurationHash, Shown(hello.SoftwareVersion));
    }

    private static IPAddress Address(ByteString bytes) => bytes.Length is 4 or 16 ? new IPAddress(bytes.Span) : IPAddress.None;

    /// <summary>What a stranger calls itself goes into the event log: short, and without control characters.</summary>
    private static string Shown(string text) => string.Concat(text.Take(64).Select(c => char.IsControl(c) ? '?' : c));
}
