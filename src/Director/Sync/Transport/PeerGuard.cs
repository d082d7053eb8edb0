using System.Net;
using System.Security.Cryptography.X509Certificates;
using HaLvs.Director.Sync.Certificates;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Sync.Transport;

/// <summary>Lets the peer in and nobody else; counts the others and reports them, the same reason at most once a minute (a port scan must not flood the event log).</summary>
public sealed class PeerGuard(SyncIdentity identity, SyncCounters counters, Action<EventSeverity, string> report, TimeProvider clock)
{
    private const int RememberedReasons = 64;
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _reported = [];

    /// <summary>Null when the certificate is the configured peer's, otherwise why not. For the TLS validation callbacks of both sides.</summary>
    public string? CertificateRefusal(X509Certificate? certificate)
    {
        var shown = certificate as X509Certificate2;
        return PeerCertificateCheck.IsPeer(shown, identity.Authority, identity.Peer, clock.GetUtcNow(), out string reason) ? null : reason;
    }

    /// <summary>Somebody dialled us who is not the peer.</summary>
    public void Refused(EndPoint? remote, string reason)
    {
        counters.CountRefusedPeer();
        string who = remote is IPEndPoint ip ? ip.Address.ToString() : "unknown";
        if (WorthTelling($"{who} {reason}"))
            report(EventSeverity.Warning, $"sync: refused a connection from {who}: {reason}; only \"{identity.Peer}\" with a certificate of this cluster may connect");
    }

    private bool WorthTelling(string key)
    {
        long now = clock.GetTimestamp();
        lock (_lock)
        {
            if (_reported.TryGetValue(key, out long last) && clock.GetElapsedTime(last, now) < Quiet) return false;
            if (_reported.Count >= RememberedReasons) _reported.Clear();
            _reported[key] = now;
            return true;
        }
    }
}
