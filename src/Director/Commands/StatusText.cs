using System.Globalization;
using System.Text;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;
using HaLvs.Forwarder.Explaining;

namespace HaLvs.Director.Commands;

/// <summary>
/// Status for people: on 80 columns, the answer to "is it well?" in the first line, a blocked takeover directly below it, then facts in the
/// order in which a call at night asks for them.
/// </summary>
public static class StatusText
{
    private const int Columns = 80;
    private const int LabelColumns = 12;

    public static string Render(StatusReply s)
    {
        StringBuilder text = new();
        AddTitle(text, s);
        AddBlocked(text, s);
        AddReasons(text, s);
        text.Append('\n');
        AddCluster(text, s);
        AddTable(text, "links", s.Links.Select(l => (string[])[l.Name, l.State, Heard(l), l.HasDetail ? l.Detail : ""]));
        AddTable(text, "fence", s.Fence.Select(f => (string[])[f.Target, f.Device, f.State, f.Detail]));
        AddNetwork(text, s);
        AddServices(text, s);
        return text.ToString();
    }

    private static void AddTitle(StringBuilder text, StatusReply s) => text.Append(
        CultureInfo.InvariantCulture,
        $"{s.Node}: {s.Role.ToUpperInvariant()}, {s.Health}, epoch {s.Epoch}, up {ElapsedText.Coarse(TimeSpan.FromSeconds(s.UptimeSeconds))}, halvs {s.Version}\n");

    private static void AddBlocked(StringBuilder text, StatusReply s)
    {
        if (!s.HasBlocked)
        {
            return;
        }

        text.Append("\n!! NO TAKEOVER HAPPENS\n");
        TextBlock.AppendWrapped(text, "!! ", s.Blocked, Columns);
        if (s.FenceRun is { } run)
        {
            TextBlock.AppendWrapped(text, "!! ", $"Failed attempts to cut {run.Target}: {run.FailedAttempts}, last: {run.LastDetail}", Columns);
        }

        string? target = s.FenceRun?.Target ?? s.Peer?.Name;
        if (target is not null && !s.Blocked.Contains("--confirm", StringComparison.Ordinal))
        {
            TextBlock.AppendWrapped(text, "!! ", $"If you have made sure that {target} is off:\n  halvs fence {target} --confirm", Columns);
        }
    }

    private static void AddReasons(StringBuilder text, StatusReply s)
    {
        foreach (string reason in s.Reasons)
        {
            TextBlock.AppendWrapped(text, " * ", reason, Columns);
        }
    }

    private static void AddCluster(StringBuilder text, StatusReply s)
    {
        AddFact(text, "serving", s.HasActive ? s.Active : "nobody known");
        if (s.Peer is { } peer)
        {
            AddFact(text, "peer", PeerSentence(peer));
        }

        if (s.Sync is { } sync)
        {
            string state = $"{(sync.Connected ? "connected" : "not connected")}, {(sync.InSync ? "in sync" : "not in sync")}";
            AddFact(text, "sync", $"{state}, lag {Number(sync.Lag)}, sent {Number(sync.Sent)}, received {Number(sync.Received)}{Tail(sync.Detail)}");
        }
    }

    private static string PeerSentence(Peer peer)
    {
        string heard = peer.HasLastHeardMilliseconds ? $"heard {ElapsedText.Fine(peer.LastHeardMilliseconds)} ago" : "never heard";
        string life = peer.ConfirmedOff ? "confirmed off" : peer.Alive ? $"alive, {heard}" : $"silent, {heard}";
        string role = peer.HasRole ? $" {peer.Role}," : "";
        string configuration = peer.SameConfiguration || !peer.Alive ? "" : ", OTHER CONFIGURATION";
        return $"{peer.Name}:{role} {life}, {(peer.InSync ? "in sync" : "not in sync")}{configuration}";
    }

    private static void AddNetwork(StringBuilder text, StatusReply s)
    {
        AddFact(text, "addresses", $"{string.Join(", ", s.VirtualAddresses)}{(s.Gateway.Length > 0 ? $"; gateway {s.Gateway}" : "")}");
        AddFact(text, "interfaces", string.Join(", ", s.Interfaces.Select(i => $"{i.Name} {(i.Carrier ? "up" : "NO CARRIER")}")));
        AddFact(text, "offload", s.Offload);
        AddFact(text, "connections", $"{Number(s.Connections)} of at most {Number(s.ConnectionCapacity)}");
        AddFact(text, "drops", string.Join(", ", s.Drops.Select(d => $"{d.Reason} {Number(d.Count)}")));
        AddFact(text, "counters", string.Join(", ", s.Counters.Select(c => $"{c.Reason} {Number(c.Count)}")));
        AddFact(text, "rejected", string.Join(", ", s.RejectedFrames.Select(d => $"{d.Reason} {Number(d.Count)}")));
    }

    private static void AddServices(StringBuilder text, StatusReply s)
    {
        if (s.Services.Count == 0)
        {
            return;
        }

        text.Append("\nProt LocalAddress:Port Scheduler\n  -> RemoteAddress:Port           Weight ActiveConn InActConn\n");
        foreach (Service service in s.Services)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Name(service)} {service.Scheduler}\n");
            foreach (Server r in service.Servers)
            {
                text.Append(CultureInfo.InvariantCulture, $"  -> {End(r.Address, r.Port),-28} {r.Weight,-6} {r.ActiveConnections,-10} {r.InactiveConnections}\n");
                if (r.Drain is { } drain)
                {
                    TextBlock.AppendWrapped(text, "     ", $"{(drain.Over ? "drained" : "draining")}: {DrainText.Of(StatusTranslation.FromDrain(drain))}", Columns);
                }
            }
        }
    }

    /// <summary>As ipvsadm writes it: "TCP  192.0.2.100:80", "FWM  7", "FWM  7 IPv6".</summary>
    private static string Name(Service service) => service.Mark != 0
        ? $"FWM  {service.Mark}{(service.Address.Contains(':') ? " IPv6" : "")}"
        : $"{service.Protocol.ToUpperInvariant(),-4} {End(service.Address, service.Port)}";

    private static void AddTable(StringBuilder text, string label, IEnumerable<string[]> rows)
    {
        foreach (string line in TextBlock.Align(rows))
        {
            AddFact(text, label, line);
            label = "";
        }
    }

    /// <summary>Nothing to say: no line.</summary>
    private static void AddFact(StringBuilder text, string label, string fact)
    {
        if (fact.Length > 0)
        {
            TextBlock.AppendWrapped(text, label.PadRight(LabelColumns), fact, Columns);
        }
    }

    private static string Heard(Link link) => link.HasLastHeardMilliseconds ? $"heard {ElapsedText.Fine(link.LastHeardMilliseconds)} ago" : "never heard";

    private static string End(string address, uint port) => address.Contains(':') ? $"[{address}]:{port}" : $"{address}:{port}";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Tail(string detail) => detail.Length > 0 ? $" ({detail})" : "";
}
