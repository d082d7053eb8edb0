using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat.Peers;

/// <summary>What a decoded message is worth.</summary>
/// <param name="Reject">None: the peer lives, on this link.</param>
/// <param name="First">Not a copy of a message that another link already brought: it may act.</param>
/// <param name="Newest">Higher sequence than any before: its words replace the older ones.</param>
/// <param name="NewIncarnation">The first fresh message of this life of the peer.</param>
/// <param name="NewNonce">The peer's nonce was not known before: answer soon, so that it can hear its echo.</param>
public readonly record struct PeerVerdict(RejectReason Reject, bool First, bool Newest, bool NewIncarnation, bool NewNonce);
