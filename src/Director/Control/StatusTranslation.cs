using HaLvs.Director.Control.V1;
using HaLvs.Forwarder.Services;
using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Roles;

namespace HaLvs.Director.Control;

/// <summary>Status on the wire.</summary>
public static class StatusTranslation
{
    public static StatusReply ToReply(DirectorStatus status)
    {
        NodeStatus node = status.Node;
        StatusReply reply = new()
        {
            Node = node.Node,
            Role = Words.Of(node.Role),
            Epoch = node.Epoch,
            Incarnation = node.Incarnation,
            Health = status.Health,
            Gateway = status.Gateway,
            Connections = status.Connections,
            ConnectionCapacity = status.ConnectionCapacity,
            Offload = status.Offload,
            UptimeSeconds = status.Uptime.TotalSeconds,
            Version = status.Version,
            ConfigurationHash = status.ConfigurationHash,
            ProcessId = Environment.ProcessId,
        };
        AddOptional(reply, status);
        AddLists(reply, status);
        return reply;
    }

    private static void AddOptional(StatusReply reply, DirectorStatus status)
    {
        NodeStatus node = status.Node;
        if (node.Active is { } active)
        {
            reply.Active = active;
        }

        if (node.Blocked is { } blocked)
        {
            reply.Blocked = blocked;
        }

        reply.Peer = node.Peer is { } peer ? ToPeer(peer, node) : null;
        reply.FenceRun = node.Fence is { } run
            ? new FenceRun { Target = run.Target, FailedAttempts = run.FailedAttempts, LastDetail = run.LastDetail }
            : null;
        reply.Sync = status.Sync is { } s
            ? new V1.Sync { Connected = s.Connected, InSync = s.InSync, Lag = s.Lag, Sent = s.Sent, Received = s.Received, Detail = s.Detail }
            : null;
    }

    private static void AddLists(StatusReply reply, DirectorStatus status)
    {
        reply.Reasons.AddRange(status.Reasons);
        reply.Links.AddRange(status.Node.Links.Select(ToLink));
        reply.Fence.AddRange(status.Fence.Select(f => new FenceDevice { Target = f.Target, Device = f.Device, State = f.State, Detail = f.Detail }));
        reply.VirtualAddresses.AddRange(status.VirtualAddresses);
        reply.Interfaces.AddRange(status.Interfaces.Select(i => new Interface { Name = i.Name, Carrier = i.Carrier }));
        reply.Services.AddRange(status.Services.Select(ToService));
        reply.Drops.AddRange(status.Drops.Select(d => new Counter { Reason = d.Reason, Count = d.Count }));
        reply.Counters.AddRange(status.Counters.Select(c => new Counter { Reason = c.Name, Count = c.Count }));
        reply.RejectedFrames.AddRange(status.Node.RejectedFrames.Select(d => new Counter { Reason = d.Reason, Count = d.Count }));
    }

    /// <summary>Who serves has no copy: there "in sync" is the peer's word about its own. Who follows speaks of its own copy.</summary>
    private static Peer ToPeer(PeerStatus peer, NodeStatus node)
    {
        bool serves = node.Role is Role.Active or Role.Releasing;
        Peer reply = new()
        {
            Name = peer.Name,
            Alive = peer.Alive,
            InSync = serves ? peer.Alive && peer.InSync : node.InSync,
            SameConfiguration = peer.SameConfiguration,
            ConfirmedOff = peer.ConfirmedOff,
        };
        if (peer.Role is { } role)
        {
            reply.Role = Words.Of(role);
        }

        if (peer.LastHeard is { } heard)
        {
            reply.LastHeardMilliseconds = heard.TotalMilliseconds;
        }

        return reply;
    }

    private static Link ToLink(LinkStatus link)
    {
        Link reply = new() { Name = link.Name, State = Words.Of(link.State), Received = link.Received, Rejected = link.Rejected };
        if (link.LastHeard is { } heard)
        {
            reply.LastHeardMilliseconds = heard.TotalMilliseconds;
        }

        if (link.Detail is { } detail)
        {
            reply.Detail = detail;
        }

        return reply;
    }

    private static Service ToService(ServiceSnapshot service)
    {
        Service reply = new()
        {
            Protocol = Words.Of(service.Protocol),
            Address = service.Address.ToString(),
            Port = service.Port,
            Scheduler = service.Scheduler,
            Mark = service.Mark,
        };
        reply.Servers.AddRange(service.Servers.Select(s => new Server
        {
            Address = s.Address.ToString(),
            Port = s.Port,
            Weight = s.Weight,
            ActiveConnections = s.ActiveConnections,
            InactiveConnections = s.InactiveConnections,
            Connections = s.Connections,
            InPackets = s.InPackets,
            OutPackets = s.OutPackets,
            InBytes = s.InBytes,
            OutBytes = s.OutBytes,
            Drain = s.Drain is { } drain ? ToDrain(drain) : null,
        }));
        return reply;
    }

    private static Drain ToDrain(DrainSnapshot drain)
    {
        Drain reply = new()
        {
            ConnectionsAtStart = drain.ConnectionsAtStart,
            ConnectionsLeft = drain.ConnectionsLeft,
            Remove = drain.TakesAway,
            Over = drain.IsOver,
            Ended = drain.Ended,
        };
        if (drain.Remaining is { } remaining)
        {
            reply.RemainingMilliseconds = (long)remaining.TotalMilliseconds;
        }

        return reply;
    }

    /// <summary>Back again, for texts.</summary>
    public static DrainSnapshot FromDrain(Drain drain)
    {
        ArgumentNullException.ThrowIfNull(drain);
        return new DrainSnapshot(
            (int)drain.ConnectionsAtStart, (int)drain.ConnectionsLeft,
            drain.HasRemainingMilliseconds ? TimeSpan.FromMilliseconds(drain.RemainingMilliseconds) : null, drain.Remove)
        {
            IsOver = drain.Over,
            Ended = (int)drain.Ended,
        };
    }
}
