namespace HaLvs.Heartbeat;

/// <summary>One way in. Every result of an effect comes back as one of these.</summary>
public abstract record NodeInput
{
    /// <summary>A datagram or serial frame, raw: codec, signature and replay check happen inside.</summary>
    public sealed record Frame(int Link, ReadOnlyMemory<byte> Bytes) : NodeInput;

    /// <summary>The link's device or socket came or went (serial device vanished, port reopened).</summary>
    public sealed record LinkDevice(int Link, bool Usable, string Detail) : NodeInput;

    /// <summary>Result of <see cref="NodeEffect.PersistEpoch"/>.</summary>
    public sealed record EpochPersisted(ulong Epoch, string? Error) : NodeInput;

    /// <summary>Result of <see cref="NodeEffect.TakeAddresses"/>.</summary>
    public sealed record AddressesTaken(ulong Epoch, string? Error) : NodeInput;

    /// <summary>Result of <see cref="NodeEffect.ReleaseAddresses"/>: null means verified gone.</summary>
    public sealed record AddressesReleased(string? Error) : NodeInput;

    /// <summary>Result of <see cref="NodeEffect.Fence"/>: off was read back (evidence), or the plan failed for now and goes on retrying.</summary>
    public sealed record FenceReport(ulong Request, FenceOutcome Outcome, string Detail) : NodeInput;

    /// <summary>Result of <see cref="NodeEffect.ReadPower"/>: true on, false off, null unknown.</summary>
    public sealed record PowerRead(bool? On, string Detail) : NodeInput;

    /// <summary>Does the active's data plane answer? From <see cref="NodeEffect.WatchDataPlane"/>.</summary>
    public sealed record DataPlaneSign(DataPlaneSight Sight) : NodeInput;

    /// <summary>Sync towards us: our table holds a complete snapshot and the stream is up.</summary>
    public sealed record SyncState(bool InSync) : NodeInput;

    /// <summary>Sync towards the peer: everything handed to the stream so far is acknowledged (asked for by <see cref="NodeEffect.DrainSync"/>).</summary>
    public sealed record SyncDrained(bool Complete) : NodeInput;

    /// <summary>Result of the optional ping targets.</summary>
    public sealed record Pings(int Answering, int Configured) : NodeInput;

    /// <summary>Operator: hand over to the other node.</summary>
    public sealed record OperatorSwitchover(string? To) : NodeInput;

    /// <summary>Operator: fence the peer now, whatever its state.</summary>
    public sealed record OperatorFence(string Target) : NodeInput;

    /// <summary>Operator vouches that the peer is off. Evidence (I2 c); recorded.</summary>
    public sealed record OperatorConfirm(string Target, string Operator) : NodeInput;

    /// <summary>The file was reloaded; the new hash travels from now on.</summary>
    public sealed record ConfigurationChanged(ulong Hash) : NodeInput;

    /// <summary>Orderly stop of this process: hand over if possible, then release, then say so.</summary>
    public sealed record Stop : NodeInput;
}

public enum FenceOutcome { ConfirmedOff, AttemptFailed, Cancelled }

/// <summary>What a standby can see of the active's data plane from outside.</summary>
public enum DataPlaneSight
{
    /// <summary>Not yet probed.</summary>
    Unknown,

    /// <summary>The virtual address answers echo: the forwarding core itself lives.</summary>
    Alive,

    /// <summary>
    /// The virtual address answers ARP, but not echo. The kernel answers ARP even for a process that is stopped: the node has power, its forwarding
    /// core does not work (docs/adr/0010-arp-alone-is-a-weak-sign.md).
    /// </summary>
    AddressOnly,

    /// <summary>Probed, heard nothing, and our own external network is fine.</summary>
    Silent,

    /// <summary>Our own external interface has no carrier (or no ping target answers): silence means nothing.</summary>
    Blind,
}
