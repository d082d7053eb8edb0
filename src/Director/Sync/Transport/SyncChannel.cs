using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using HaLvs.Director.Runtime;

namespace HaLvs.Director.Sync.Transport;

/// <summary>A connection to the peer's sync service: mutual TLS, no proxy, no retries of its own (the dialer owns those). One per dial.</summary>
internal sealed class SyncChannel : IDisposable
{
    /// <summary>
    /// The largest run-time table with room for the file's own beside it: a message that does not fit ends the stream, and connections would not be
    /// synced any more. A batch of the largest allowed size is far smaller.
    /// </summary>
    private const int LargestMessageBytes = 2 * RuntimeSnapshot.LargestBytes;

    /// <summary>Room for a few hundred batches under way, so that the snapshot does not wait for window updates.</summary>
    private const int StreamWindowBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(1);

    public SyncChannel(SyncIdentity identity, PeerGuard guard, TimeSpan connectTimeout)
    {
        Channel = GrpcChannel.ForAddress($"https://{identity.PeerListen}", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                ConnectTimeout = connectTimeout,
                KeepAlivePingDelay = PingAfter,
                KeepAlivePingTimeout = PingAfter,
                InitialHttp2StreamWindowSize = StreamWindowBytes,
                SslOptions = Tls(identity, certificate => Allowed(guard, certificate)),
            },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LargestMessageBytes,
            MaxRetryAttempts = null,
        });
    }

    public GrpcChannel Channel { get; }

    /// <summary>Why the other side's certificate was not taken; null while it was. Says more than the TLS library's exception.</summary>
    public string? CertificateRefusal { get; private set; }

    public void Dispose() => Channel.Dispose();

    private bool Allowed(PeerGuard guard, X509Certificate? certificate)
    {
        CertificateRefusal = guard.CertificateRefusal(certificate);
        return CertificateRefusal is null;
    }

    private static SslClientAuthenticationOptions Tls(SyncIdentity identity, Func<X509Certificate?, bool> allowed) => new()
    {
        TargetHost = identity.Peer,
        EnabledSslProtocols = SslProtocols.Tls13,
        ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true),
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => allowed(certificate),
    };
}
