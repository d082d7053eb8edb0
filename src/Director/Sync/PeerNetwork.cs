using System.Net;

namespace HaLvs.Director.Sync;

/// <summary>What the peer said of itself in its last Hello: where to relay packets after a handover, and what runs there.</summary>
public sealed record PeerNetwork(IPAddress External, IPAddress Internal, ulong ConfigurationHash, string SoftwareVersion);
