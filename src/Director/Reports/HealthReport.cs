using System.Collections.Immutable;
using HaLvs.Director.Control;
using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Roles;

namespace HaLvs.Director.Reports;

/// <summary>Says in one word and some lines how the pair is: healthy, degraded (serves, but one more failure may hurt), blocked (an operator is needed).</summary>
public static class HealthReport
{
    public static (string Health, ImmutableArray<string> Reasons) Of(DirectorStatus status)
    {
        var reasons = ImmutableArray.CreateBuilder<string>();
        if (status.Node.Blocked is { } blocked)
            reasons.Add(blocked);
        if (status.TableFull)
            reasons.Add($"the connection table is full ({status.ConnectionCapacity}): new flows are refused; raise network.connection-capacity, or find the flood");
        if (status.RuntimeTrouble is { } trouble)
            reasons.Add(trouble);
        AddPeer(status, reasons);
        AddParts(status, reasons);
        var health = status.Node.Blocked is not null ? "blocked" : reasons.Count > 0 ? "degraded" : "healthy";
        return (health, reasons.ToImmutable());
    }

    private static void AddPeer(DirectorStatus status, ImmutableArray<string>.Builder reasons)
    {
        var node = status.Node;
        if (node.Active is null)
            reasons.Add("no node serves the virtual addresses");
        if (node.Peer is not { } peer)
            return;
        if (peer.Role == Role.Stopped)
            reasons.Add($"peer {peer.Name} has been stopped by its operator: nothing to fail over to");
        else if (!peer.Alive)
            reasons.Add(peer.ConfirmedOff
                ? $"peer {peer.Name} is off (confirmed): repair it, then switch it on"
                : $"peer {peer.Name} is not heard on any link: nothing to fail over to");
        else if (!peer.SameConfiguration)
            reasons.Add($"peer {peer.Name} runs another configuration: copy the file and `halvs reload` on both");
        if (peer.Alive && status.Sync is { InSync: false } sync)
            reasons.Add($"the standby's copy of the connections is not complete: {sync.Detail}");
    }

    private static void AddParts(DirectorStatus status, ImmutableArray<string>.Builder reasons)
    {
        foreach (var link in status.Node.Links.Where(l => l.State is not (LinkState.Ok or LinkState.Late)))
            reasons.Add($"heartbeat link {link.Name} is {link.State.ToString().ToLowerInvariant()}{(string.IsNullOrEmpty(link.Detail) ? "" : $": {link.Detail}")}");
        foreach (var service in status.Services)
            foreach (var server in service.Servers.Where(s => s.Method != HaLvs.Forwarder.Services.ForwardingMethod.Masquerade))
                reasons.Add($"server {server.Address.WithPort(server.Port)} is not reached by NAT (-m) and gets no connections");
        foreach (var (name, _) in status.Interfaces.Where(i => !i.Carrier))
            reasons.Add($"interface {name} has no carrier: check its cable and switch port");
        foreach (var device in status.Fence.Where(f => f.State == "failed"))
            reasons.Add($"fence device {device.Device} of {device.Target}: {device.Detail}");
    }
}
