using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using HaLvs.Director.Sync;
using HaLvs.Director.Sync.Certificates;
using HaLvs.Director.Sync.Tables;
using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Wire;

namespace HaLvs.Director.Tests.Sync;

/// <summary>One director's sync on loopback: engine, table, and what it posted and reported.</summary>
internal sealed class SyncNode : IAsyncDisposable
{
    public SyncNode(SyncIdentity identity, IReplicatedTable table, SyncTiming? timing = null)
    {
        Table = table;
        Engine = new SyncEngine(identity, table, Inputs.Enqueue, (_, text) => Events.Enqueue(text), timing ?? new SyncTiming(), TimeProvider.System);
    }

    public SyncEngine Engine { get; }

    public IReplicatedTable Table { get; }

    public FakeTable Fake => (FakeTable)Table;

    public ConcurrentQueue<NodeInput> Inputs { get; } = new();

    public ConcurrentQueue<string> Events { get; } = new();

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    public bool InSync => Engine.Status.InSync;

    public void Upsert(int flow)
    {
        Fake.Upsert(Flows.Number(flow));
        Engine.NotifyChanges();
    }

    /// <summary>Two identities of one cluster on free loopback ports.</summary>
    public static (SyncIdentity A, SyncIdentity B) Pair()
    {
        using ClusterAuthority authority = ClusterAuthority.Create("web", DateTimeOffset.UtcNow);
        IPEndPoint a = FreePort(), b = FreePort();
        return (Identity(authority, "director-a", "director-b", a, b), Identity(authority, "director-b", "director-a", b, a));
    }

    public static SyncIdentity Identity(ClusterAuthority authority, string node, string peer, IPEndPoint listen, IPEndPoint peerListen) => new()
    {
        Cluster = "web",
        Node = node,
        Peer = peer,
        Listen = listen,
        PeerListen = peerListen,
        Incarnation = new Incarnation(1, 0x1234, 1),
        ConfigurationHash = 42,
        SoftwareVersion = "0.1.0",
        External = IPAddress.Parse(node == "director-a" ? "192.0.2.251" : "192.0.2.252"),
        Internal = IPAddress.Parse(node == "director-a" ? "10.0.0.251" : "10.0.0.252"),
        Certificate = Issue(authority, node),
        Authority = X509CertificateLoader.LoadCertificate(X509Certificate2.CreateFromPem(authority.CertificatePem).RawData),
    };

    public static X509Certificate2 Issue(ClusterAuthority authority, string node)
    {
        (string certificate, string key) = authority.Issue(node);
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    public static IPEndPoint FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return (IPEndPoint)probe.LocalEndpoint;
    }
}
