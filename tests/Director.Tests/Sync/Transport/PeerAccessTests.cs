using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using HaLvs.Director.Sync;
using HaLvs.Director.Sync.Certificates;
using HaLvs.Director.Sync.V1;
using HaLvs.Director.Sync.Wire;

namespace HaLvs.Director.Tests.Sync.Transport;

/// <summary>Who may not open a stream, over real TLS.</summary>
public class PeerAccessTests
{
    [Fact]
    public async Task Dial_NoCertificate_RefusedCountedReported() => await AssertRefused(null, "no certificate was shown");

    [Fact]
    public async Task Dial_CertificateOfAnotherAuthority_RefusedCountedReported()
    {
        using ClusterAuthority other = ClusterAuthority.Create("web", DateTimeOffset.UtcNow);
        await AssertRefused(SyncNode.Issue(other, "director-b"), "not issued by this cluster's authority");
    }

    [Fact]
    public async Task Dial_CertificateOfAnotherName_RefusedCountedReported()
    {
        using ClusterAuthority authority = ClusterAuthority.Create("web", DateTimeOffset.UtcNow);
        await AssertRefused(SyncNode.Issue(authority, "director-c"), "not for the node \"director-b\"", authority);
    }

    [Fact]
    public async Task Hello_OfAnotherCluster_RefusedWithReasonOnBothSides()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var node = new SyncNode(a, new FakeTable());
        await using var stranger = new SyncNode(b with { Cluster = "mail" }, new FakeTable());
        node.Engine.Start();
        stranger.Engine.Start();
        await Eventually.HoldsAsync(() => node.Engine.Counters.RefusedPeers > 0, "the stranger is refused");
        await Eventually.HoldsAsync(() => stranger.Events.Any(e => e.Contains("refuses us", StringComparison.Ordinal)), "the stranger hears why");
        Assert.Contains(node.Events, e => e.Contains("cluster \"mail\"", StringComparison.Ordinal));
        Assert.Null(node.Engine.Peer);
    }

    [Fact]
    public async Task Dial_ServerIsNotThePeer_RefusedBeforeAnythingIsSaid()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        using ClusterAuthority other = ClusterAuthority.Create("web", DateTimeOffset.UtcNow);
        await using var impostor = new SyncNode(b with { Certificate = SyncNode.Issue(other, "director-b") }, new FakeTable());
        await using var node = new SyncNode(a, new FakeTable());
        impostor.Engine.Start();
        node.Engine.Start();
        await Eventually.HoldsAsync(() => node.Events.Any(e => e.Contains("its certificate is refused", StringComparison.Ordinal)), "the impostor is refused");
        Assert.Null(node.Engine.Peer);
        Assert.False(node.Engine.Status.Connected);
    }

    [Fact]
    public async Task Message_Oversized_EndsTheStreamAndNothingElse()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var node = new SyncNode(a, new FakeTable());
        node.Engine.Start();
        Hello hello = Greeting.From(b, 42);
        hello.SoftwareVersion = new string('x', 100_000);
        await DialAsync(node, b.Certificate, hello);
        Assert.Null(node.Engine.Peer);
        await using var peer = new SyncNode(b, new FakeTable());
        peer.Engine.Start();
        await Eventually.HoldsAsync(() => peer.Engine.Status.Connected, "the real peer is served");
    }

    [Fact]
    public async Task Listen_PortBusy_SaysSoOnceAndServesWhenItIsFree()
    {
        (SyncIdentity a, SyncIdentity b) = SyncNode.Pair();
        await using var peer = new SyncNode(b, new FakeTable());
        await using var node = new SyncNode(a, new FakeTable());
        using (var busy = new System.Net.Sockets.TcpListener(a.Listen))
        {
            busy.Start();
            node.Engine.Start();
            await Eventually.HoldsAsync(() => node.Events.Any(e => e.Contains("cannot listen on", StringComparison.Ordinal)), "the busy port is reported");
        }

        peer.Engine.Start();
        await Eventually.HoldsAsync(() => peer.Engine.Status.Connected, "served once the port is free");
        Assert.Single(node.Events, e => e.Contains("cannot listen on", StringComparison.Ordinal));
    }

    private static async Task AssertRefused(X509Certificate2? certificate, string reason, ClusterAuthority? authority = null)
    {
        using ClusterAuthority own = ClusterAuthority.Create("web", DateTimeOffset.UtcNow);
        SyncIdentity identity = SyncNode.Identity(authority ?? own, "director-a", "director-b", SyncNode.FreePort(), SyncNode.FreePort());
        await using var node = new SyncNode(identity, new FakeTable());
        node.Engine.Start();
        await DialAsync(node, certificate, new Hello { Cluster = "web", Node = "director-b", Schema = 1, OldestSchema = 1 });
        Assert.True(node.Engine.Counters.RefusedPeers > 0);
        Assert.Contains(node.Events, e => e.Contains(reason, StringComparison.Ordinal));
        Assert.Null(node.Engine.Peer);
        Assert.False(node.Engine.Status.Connected);
    }

    /// <summary>
    /// Dials as a stranger who trusts anyone, says Hello, and demands that the stream ends with an error. Which one depends on what the client meets
    /// first, and says nothing about the server: the status in the trailers, the reset behind them (RFC 9113, section 8.1) or the closed connection.
    /// </summary>
    private static async Task DialAsync(SyncNode node, X509Certificate2? certificate, Hello hello)
    {
        await Eventually.HoldsAsync(() => node.Events.Any(e => e.Contains("listening on", StringComparison.Ordinal)), "the node listens");
        string address = node.Events.Select(e => e.Split("listening on ")).First(p => p.Length == 2)[1];
        using GrpcChannel channel = GrpcChannel.ForAddress($"https://{IPEndPoint.Parse(address)}", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
                    ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                },
            },
            DisposeHttpClient = true,
        });
        using AsyncDuplexStreamingCall<ReplicaMessage, SourceMessage> call = new ConnectionSync.ConnectionSyncClient(channel).Replicate(deadline: DateTime.UtcNow.AddSeconds(10));
        Exception error = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await call.RequestStream.WriteAsync(new ReplicaMessage { Hello = hello });
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
            }
        });
        bool refused = error is IOException or RpcException { StatusCode: not StatusCode.DeadlineExceeded };
        Assert.True(refused, error.ToString());
    }
}
