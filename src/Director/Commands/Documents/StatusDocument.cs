using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands.Documents;

/// <summary>`halvs status --json`. Names and words are stable: members are only ever added (docs/operator/commands.md lists them).</summary>
/// <param name="Uptime">Seconds.</param>
/// <param name="Incarnation">16 hexadecimal digits, as <paramref name="ConfigurationHash"/>: a JSON number would lose bits.</param>
public sealed record StatusDocument(
    string Node, string Role, string? Active, ulong Epoch, string Incarnation, string Health, IReadOnlyList<string> Reasons, string? Blocked,
    PeerDocument? Peer, IReadOnlyList<LinkDocument> Links, IReadOnlyList<FenceDocument> Fence, FencingDocument? Fencing,
    IReadOnlyList<string> VirtualAddresses, string Gateway, long Connections, long ConnectionCapacity, string Offload,
    IReadOnlyList<InterfaceDocument> Interfaces, IReadOnlyList<ServiceDocument> Services, SyncDocument? Sync,
    IReadOnlyList<CounterDocument> Drops, IReadOnlyList<CounterDocument> Counters, IReadOnlyList<CounterDocument> RejectedFrames,
    double Uptime, string Version, string ConfigurationHash, int ProcessId)
{
    public static StatusDocument From(StatusReply s) => new(
        s.Node, s.Role, s.HasActive ? s.Active : null, s.Epoch, $"{s.Incarnation:x16}", s.Health, s.Reasons, s.HasBlocked ? s.Blocked : null,
        PeerDocument.From(s.Peer), [.. s.Links.Select(LinkDocument.From)], [.. s.Fence.Select(f => new FenceDocument(f.Target, f.Device, f.State, f.Detail))],
        s.FenceRun is { } run ? new FencingDocument(run.Target, run.FailedAttempts, run.LastDetail) : null,
        s.VirtualAddresses, s.Gateway, s.Connections, s.ConnectionCapacity, s.Offload,
        [.. s.Interfaces.Select(i => new InterfaceDocument(i.Name, i.Carrier))], [.. s.Services.Select(ServiceDocument.From)],
        s.Sync is { } sync ? new SyncDocument(sync.Connected, sync.InSync, sync.Lag, sync.Sent, sync.Received, sync.Detail) : null,
        [.. s.Drops.Select(d => new CounterDocument(d.Reason, d.Count))], [.. s.Counters.Select(c => new CounterDocument(c.Reason, c.Count))], [.. s.RejectedFrames.Select(d => new CounterDocument(d.Reason, d.Count))],
        Math.Round(s.UptimeSeconds, 3), s.Version, $"{s.ConfigurationHash:x16}", s.ProcessId);
}

/// <param name="InSync">The standby's copy is complete: on the active the peer's, on the standby our own.</param>
public sealed record PeerDocument(string Name, string? Role, bool Alive, bool InSync, double? LastHeardMs, bool SameConfiguration, bool ConfirmedOff)
{
    public static PeerDocument? From(Peer? p) => p is null
        ? null
        : new(p.Name, p.HasRole ? p.Role : null, p.Alive, p.InSync, p.HasLastHeardMilliseconds ? p.LastHeardMilliseconds : null, p.SameConfiguration, p.ConfirmedOff);
}

public sealed record LinkDocument(string Name, string State, double? LastHeardMs, long Received, long Rejected, string? Detail)
{
    public static LinkDocument From(Link l) =>
        new(l.Name, l.State, l.HasLastHeardMilliseconds ? l.LastHeardMilliseconds : null, l.Received, l.Rejected, l.HasDetail ? l.Detail : null);
}

public sealed record FenceDocument(string Target, string Device, string State, string Detail);

/// <summary>A fence that is under way.</summary>
public sealed record FencingDocument(string Target, int FailedAttempts, string LastDetail);

public sealed record InterfaceDocument(string Name, bool Carrier);

/// <param name="Mark">Firewall mark; 0: named by protocol, address and port.</param>
public sealed record ServiceDocument(string Protocol, string Address, uint Port, uint Mark, string Scheduler, IReadOnlyList<ServerDocument> Servers)
{
    public static ServiceDocument From(Service s) => new(s.Protocol, s.Address, s.Port, s.Mark, s.Scheduler, [.. s.Servers.Select(r => new ServerDocument(
        r.Address, r.Port, r.Weight, r.ActiveConnections, r.InactiveConnections, r.Connections, r.InPackets, r.OutPackets, r.InBytes, r.OutBytes, DrainDocument.From(r.Drain)))]);
}

/// <param name="Drain">Null: not draining.</param>
public sealed record ServerDocument(
    string Address, uint Port, int Weight, long ActiveConnections, long InactiveConnections,
    long Connections, long InPackets, long OutPackets, long InBytes, long OutBytes, DrainDocument? Drain);

/// <param name="RemainingMs">Until the deadline; null: there is none.</param>
/// <param name="Remove">The server is taken out of the table at the end.</param>
/// <param name="Over">Nothing is left, or what was left at the deadline was ended.</param>
public sealed record DrainDocument(long ConnectionsAtStart, long ConnectionsLeft, long? RemainingMs, bool Remove, bool Over, long Ended)
{
    public static DrainDocument? From(Drain? d) => d is null
        ? null
        : new(d.ConnectionsAtStart, d.ConnectionsLeft, d.HasRemainingMilliseconds ? d.RemainingMilliseconds : null, d.Remove, d.Over, d.Ended);
}

public sealed record SyncDocument(bool Connected, bool InSync, long Lag, long Sent, long Received, string Detail);

public sealed record CounterDocument(string Reason, long Count);
