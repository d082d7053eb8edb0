using System.Collections.Immutable;
using HaLvs.Heartbeat.Roles;

namespace HaLvs.Heartbeat;

/// <summary>A copy of what the machine knows, for operators and checkers. Made on demand; never fed back.</summary>
public sealed record NodeStatus(
    string Node, Role Role, ulong Epoch, ulong Incarnation, string? Active, bool InSync,
    PeerStatus? Peer, ImmutableArray<LinkStatus> Links, string? Blocked, FenceProgress? Fence,
    ImmutableArray<(string Reason, long Count)> RejectedFrames);

/// <summary>What is known of the peer. Role and epochs are its own last words. LastHeard is how long ago; null: never.</summary>
public sealed record PeerStatus(string Name, Role? Role, bool Alive, bool InSync, ulong Incarnation, ulong Epoch, TimeSpan? LastHeard, bool SameConfiguration, bool ConfirmedOff);

/// <summary>Ok: heard within warn. Late: within dead. Down: silent for dead. Absent: the device itself is gone. Silent from the start: Unseen.</summary>
public enum LinkState { Unseen, Ok, Late, Down, Absent }

public sealed record LinkStatus(string Name, LinkState State, TimeSpan? LastHeard, long Received, long Rejected, string? Detail);

public sealed record FenceProgress(ulong Request, string Target, int FailedAttempts, string LastDetail);
