using System.Collections.Immutable;
using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Explaining;
using HaLvs.Forwarder.Services;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Control;

/// <summary>What operators can ask of a running director. The control service translates; tests have a double.</summary>
public interface IDirectorOperations
{
    DirectorStatus Status();

    /// <summary>Events so far (oldest first, bounded ring), then, when <paramref name="follow"/>, new ones as they happen.</summary>
    IAsyncEnumerable<DirectorEvent> EventsAsync(bool follow, CancellationToken cancel);

    /// <summary>Planned handover; completes when the other node serves, or with the reason why not.</summary>
    Task<OperationOutcome> SwitchoverAsync(string? to, IProgress<string> progress, CancellationToken cancel);

    /// <summary>Fences the peer for real; completes when off was read back, or with the reason.</summary>
    Task<OperationOutcome> FenceAsync(string node, IProgress<string> progress, CancellationToken cancel);

    /// <summary>Reachability and credentials of every device of the node, without harm.</summary>
    Task<OperationOutcome> FenceTestAsync(string node, IProgress<string> progress, CancellationToken cancel);

    /// <summary>The operator vouches that the node is off.</summary>
    Task<OperationOutcome> FenceConfirmAsync(string node, string operatorName, CancellationToken cancel);

    /// <summary>Switches the node's power on through its devices (after repair; the drill uses it too).</summary>
    Task<OperationOutcome> PowerOnAsync(string node, IProgress<string> progress, CancellationToken cancel);

    /// <summary>Reads the configuration file again; a bad one changes nothing and every error is in the outcome.</summary>
    Task<OperationOutcome> ReloadAsync(DriftChoice drift, string who, CancellationToken cancel);

    /// <summary>The service table as it runs.</summary>
    IRuntimeOperations Runtime { get; }

    /// <summary>All connections, copied in batches so that forwarding goes on.</summary>
    IEnumerable<ConnectionRecord> Connections();

    /// <summary>Where a client's packet goes, or would go. Changes nothing.</summary>
    Explanation Explain(ExplainQuery query);
}

/// <param name="Text">One line (or one per error) an operator can act on.</param>
public sealed record OperationOutcome(bool Done, string Text);

/// <param name="Milliseconds">Monotonic milliseconds since the kernel booted, for differences within one machine.</param>
/// <param name="Kind">Stable word: "role", "peer", "link", "fence", "takeover", "sync", "configuration", …</param>
public sealed record DirectorEvent(DateTimeOffset Time, double Milliseconds, EventSeverity Severity, string Kind, string Text);

/// <summary>Everything `halvs status` shows.</summary>
public sealed record DirectorStatus
{
    public required NodeStatus Node { get; init; }

    /// <summary>"healthy", "degraded" or "blocked".</summary>
    public required string Health { get; init; }

    /// <summary>Why not healthy, one line each; empty when healthy.</summary>
    public ImmutableArray<string> Reasons { get; init; } = [];

    /// <summary>Null for the single director; target, device, state: "ok", "failed", "untested", "fencing", "off".</summary>
    public ImmutableArray<FenceDeviceStatus> Fence { get; init; } = [];

    public ImmutableArray<string> VirtualAddresses { get; init; } = [];

    public string Gateway { get; init; } = "";

    public int Connections { get; init; }

    public int ConnectionCapacity { get; init; }

    /// <summary>"off (…why…)" for now.</summary>
    public string Offload { get; init; } = "off";

    /// <summary>Network interfaces with their carrier.</summary>
    public ImmutableArray<(string Name, bool Carrier)> Interfaces { get; init; } = [];

    public ImmutableArray<ServiceSnapshot> Services { get; init; } = [];

    public SyncStatus? Sync { get; init; }

    /// <summary>Null, or why the service table in force is not on this node's disk.</summary>
    public string? RuntimeTrouble { get; init; }

    /// <summary>New flows are refused or take the place of half-open ones.</summary>
    public bool TableFull { get; init; }

    /// <summary>What the core did besides translating, since the start; only what is not zero.</summary>
    public ImmutableArray<(string Name, long Count)> Counters { get; init; } = [];

    public ImmutableArray<(string Reason, long Count)> Drops { get; init; } = [];

    public TimeSpan Uptime { get; init; }

    public string Version { get; init; } = "";

    public ulong ConfigurationHash { get; init; }
}

public sealed record FenceDeviceStatus(string Target, string Device, string State, string Detail);

/// <param name="InSync">As standby: our copy is complete and the stream is up. As active: the peer's is.</param>
/// <param name="Lag">Changes not yet acknowledged by the peer.</param>
public sealed record SyncStatus(bool Connected, bool InSync, long Lag, long Sent, long Received, string Detail);
