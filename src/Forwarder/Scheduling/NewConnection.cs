using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>What a scheduler may look at besides the servers. Now: milliseconds of the core's clock.</summary>
internal readonly record struct NewConnection(Ip Client, ushort ClientPort, Ip Virtual, ushort VirtualPort, long Now);
