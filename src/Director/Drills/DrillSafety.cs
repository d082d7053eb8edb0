using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Drills;

/// <summary>May this drill begin now, on this node? A drill proves a healthy pair; on a sick one it would be the accident itself.</summary>
public static class DrillSafety
{
    /// <summary>Every reason against it, one line each with what to do; empty: go.</summary>
    public static IReadOnlyList<string> Objections(DrillKind kind, StatusReply status)
    {
        if (status.Peer is not { } peer)
        {
            return ["this is a single director: there is no peer to take over"];
        }

        return [.. Pair(status, peer), .. Place(kind, status, peer), .. kind == DrillKind.PowerCut && status.HasActive ? Fence(status) : []];
    }

    /// <summary>Node that serves now and shall not afterwards.</summary>
    public static string Serving(StatusReply status) => status.HasActive ? status.Active : "";

    private static IEnumerable<string> Pair(StatusReply status, Peer peer)
    {
        if (status.HasBlocked)
        {
            yield return $"a takeover is blocked: {status.Blocked}";
        }

        if (!status.HasActive)
        {
            yield return "nobody is known to serve: wait until halvs status shows one active and one standby";
        }

        if (!peer.Alive)
        {
            yield return $"{peer.Name} is not heard: repair it first (halvs status shows its links)";
        }

        if (!peer.InSync)
        {
            yield return "the standby is not in sync: connections would be lost; wait until halvs status says in sync";
        }

        if (peer.Alive && !peer.SameConfiguration)
        {
            yield return $"{peer.Name} runs with another configuration: bring the same file to both nodes and reload";
        }
    }

    private static IEnumerable<string> Place(DrillKind kind, StatusReply status, Peer peer)
    {
        bool serves = status.Role == "active";
        if (!serves && status.Role != "standby")
        {
            yield return $"this node is {status.Role}: a drill begins from active and standby";
        }

        if (kind == DrillKind.PowerCut && serves)
        {
            yield return $"this node serves, and cannot cut its own power: start the power-cut on {peer.Name}";
        }

        if (kind == DrillKind.ProcessKill && !serves && status.HasActive)
        {
            yield return $"the process to kill runs on {Serving(status)}: start the process-kill there";
        }
    }

    private static IEnumerable<string> Fence(StatusReply status)
    {
        string serving = Serving(status);
        FenceDevice[] devices = [.. status.Fence.Where(f => f.Target == serving)];
        if (devices.Length == 0)
        {
            yield return $"no fence device is known for {serving}: the takeover would wait for an operator's confirmation";
        }

        foreach (FenceDevice device in devices.Where(d => d.State != "ok"))
        {
            yield return $"fence device {device.Device} of {serving} is {device.State}: halvs fence {serving} --test says more";
        }
    }
}
