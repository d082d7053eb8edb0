namespace HaLvs.Heartbeat;

/// <summary>One way out: an ordered list. The shell carries effects out strictly in this order; each text states its duty.</summary>
public abstract record NodeEffect
{
    /// <summary>Send these bytes on the link, or on all links when Link is -1. May fail silently: silence is what the protocol is about.</summary>
    public sealed record Send(int Link, ReadOnlyMemory<byte> Bytes) : NodeEffect;

    /// <summary>Write, fsync, rename, fsync the folder; then report EpochPersisted. The machine does nothing on this epoch before (I7).</summary>
    public sealed record PersistEpoch(ulong Epoch) : NodeEffect;

    /// <summary>Forwarding on, then addresses up, then announcements; then report AddressesTaken. Ends a relay. Only ever after EpochPersisted of the same epoch (I7).</summary>
    public sealed record TakeAddresses(ulong Epoch, string Evidence) : NodeEffect;

    /// <summary>Forwarding off at once, addresses down, verified gone; then report AddressesReleased (I7). Idempotent.</summary>
    /// <param name="HoldForHandover">Planned: packets that still arrive are held, to be relayed to the peer once it serves.</param>
    public sealed record ReleaseAddresses(bool HoldForHandover, string Reason) : NodeEffect;

    /// <summary>The peer serves: relay what was held and what still arrives to its MAC, untranslated, for a bounded time.</summary>
    public sealed record RelayToPeer : NodeEffect;

    /// <summary>The relay's time is over, or the peer does not serve after all: let go of what was held. Never while our addresses are up.</summary>
    public sealed record StopRelay : NodeEffect;

    /// <summary>Renew the forwarder's lease up to this moment; beyond it the forwarding thread drops everything by itself (I9).</summary>
    public sealed record RenewLease(TimeSpan Until) : NodeEffect;

    /// <summary>Report SyncDrained as soon as the peer acknowledged every change made before now, or false after the time.</summary>
    public sealed record DrainSync(TimeSpan Within) : NodeEffect;

    /// <summary>Start the fence plan against the peer. One at a time; goes on retrying until CancelFence or ConfirmedOff.</summary>
    public sealed record Fence(ulong Request, string Target, string Reason) : NodeEffect;

    /// <summary>The peer is heard again or the fence is moot: nothing more may be sent to a device. The plan answers Cancelled.</summary>
    public sealed record CancelFence(ulong Request) : NodeEffect;

    /// <summary>Ask the peer's power devices, without changing anything; report PowerRead.</summary>
    public sealed record ReadPower(string Target) : NodeEffect;

    /// <summary>Begin or end probing the virtual addresses from outside (ARP and echo); report DataPlaneSign on every change and at least every 100 ms.</summary>
    public sealed record WatchDataPlane(bool On) : NodeEffect;

    /// <summary>Gratuitous ARP again (a second burst, a refresh).</summary>
    public sealed record Announce : NodeEffect;

    /// <summary>The role changed. Comes before the effects that the new role asks for.</summary>
    public sealed record RoleChanged(Roles.Role From, Roles.Role To, string Reason) : NodeEffect;

    /// <summary>For the event log and the operator.</summary>
    public sealed record Event(EventSeverity Severity, string Kind, string Text) : NodeEffect;

    /// <summary>This process may end now: released and told.</summary>
    public sealed record Stopped : NodeEffect;
}

public enum EventSeverity { Info, Notice, Warning, Alarm }
