using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using HaLvs.Heartbeat;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace HaLvs.Director.Sync.Transport;

/// <summary>
/// The sync service's own little web server: HTTP/2 over TLS 1.3 on the node's sync address, the peer's certificate required. It shares nothing with
/// the operators' endpoint, so no route of one can be reached through the other.
/// </summary>
internal sealed class SyncListener(SyncIdentity identity, PeerGuard guard, ConnectionSyncService service, Action<EventSeverity, string> report) : IAsyncDisposable
{
    /// <summary>What the peer sends us is a Hello and acknowledgements.</summary>
    private const int LargestRequestBytes = 16 * 1024;

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private WebApplication? _app;

    /// <summary>Listens, and goes on trying while the address is busy or not there yet (an interface may come up after us).</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        string? told = null;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await StartAsync(cancel).ConfigureAwait(false);
                report(EventSeverity.Info, $"sync: listening on {identity.Listen}");
                return;
            }
            catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
            {
                if (told != error.Message)
                    report(EventSeverity.Warning, $"sync: cannot listen on {identity.Listen}: {error.Message}; trying again every second. Check [[node]] sync and what else uses the port");
                told = error.Message;
            }

            await Task.Delay(RetryAfter, cancel).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        WebApplication app = Build();
        try
        {
            await app.StartAsync(cancel).ConfigureAwait(false);
            _app = app;
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private WebApplication Build()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = LargestRequestBytes;
            options.EnableDetailedErrors = false;
        });
        builder.Services.AddSingleton(service);
        WebApplication app = builder.Build();
        app.MapGrpcService<ConnectionSyncService>();
        return app;
    }

    private void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        // A peer needs one connection; a second one lives for a moment when the first has died unnoticed.
        options.Limits.MaxConcurrentConnections = 16;
        options.Limits.Http2.MaxStreamsPerConnection = 4;
        options.Limits.Http2.KeepAlivePingDelay = PingAfter;
        options.Limits.Http2.KeepAlivePingTimeout = PingAfter;
        // A quiet stream is no attack: the sessions themselves notice a dead one.
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Listen(identity.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = Tls, HandshakeTimeout = HandshakeTimeout });
        });
    }

    private ValueTask<SslServerAuthenticationOptions> Tls(TlsHandshakeCallbackContext context)
    {
        ConnectionContext connection = context.Connection;
        return ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true),
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificateRequired = true,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => Allowed(connection, certificate),
        });
    }

    private bool Allowed(ConnectionContext connection, X509Certificate? certificate)
    {
        string? refusal = guard.CertificateRefusal(certificate);
        if (refusal is not null) guard.Refused(connection.RemoteEndPoint, refusal);
        return refusal is null;
    }
}
