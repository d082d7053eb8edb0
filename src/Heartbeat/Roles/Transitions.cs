using System.Collections.Frozen;

namespace HaLvs.Heartbeat.Roles;

/// <summary>
/// The transition table. What is not in it cannot happen; a machine that tries crashes, and a crashed director serves nothing.
/// <code>
///                    first fresh message                peer lost, right to fence
///          Passive ───────────────────────▶ Standby ───────────────────────────────▶ Fencing
///             │                              │  ▲  ◀──────────────────────────────────  │
///             │ power read off, confirmed,   │  │            peer heard                  │ off read back,
///             │ single director              │  │                                        │ confirmed
///             │             granted, stopped,│  │ epoch not written,                     │
///             │             confirmed        │  │ evidence expired                       │
///             └────────────────────────────▶ Taking ◀──────────────────────────────────┘
///                                            │  │  ▲
///                           addresses taken  │  │  │ own handover not completed
///                                            ▼  │  │
///                                        Active │  │
///               handover, late loop, stop,   │  │  │ data plane did not come up, late loop, stop
///               two holders                  ▼  ▼  │
///                                         Releasing ─────────────▶ Standby (verified gone)
///                                            │
///                                            └──────────────────▶ Stopped (verified gone, and told to stop)
///          Passive, Standby, Fencing ───────── told to stop ─────▶ Stopped
/// </code>
/// </summary>
public static class Transitions
{
    public static FrozenDictionary<(Role From, Role To), string> Table { get; } = new Dictionary<(Role From, Role To), string>
    {
        [(Role.Passive, Role.Standby)] = "first fresh message of the peer",
        [(Role.Passive, Role.Taking)] = "the peer's power was read as off, an operator confirmed, or there is no peer",
        [(Role.Passive, Role.Stopped)] = "told to stop",
        [(Role.Standby, Role.Fencing)] = "the peer is lost and we may shoot it",
        [(Role.Standby, Role.Taking)] = "evidence: granted, stopped, fenced by the operator, confirmed",
        [(Role.Standby, Role.Stopped)] = "told to stop",
        [(Role.Fencing, Role.Standby)] = "the peer is heard again",
        [(Role.Fencing, Role.Taking)] = "evidence: off was read back, or an operator confirmed",
        [(Role.Fencing, Role.Stopped)] = "told to stop",
        [(Role.Taking, Role.Active)] = "the addresses are up",
        [(Role.Taking, Role.Standby)] = "before any address was up: the epoch could not be written, or the evidence expired",
        [(Role.Taking, Role.Releasing)] = "after addresses may have come up: failure, late loop, stop, two holders",
        [(Role.Active, Role.Releasing)] = "handover, late loop, stop, two holders, isolated",
        [(Role.Releasing, Role.Standby)] = "verified gone",
        [(Role.Releasing, Role.Taking)] = "own handover not completed and never granted",
        [(Role.Releasing, Role.Stopped)] = "verified gone, and told to stop",
    }.ToFrozenDictionary();

    public static void Demand(Role from, Role to, string reason)
    {
        if (!Table.ContainsKey((from, to)))
            throw new InvalidOperationException($"impossible transition {from} to {to} ({reason})");
    }
}
