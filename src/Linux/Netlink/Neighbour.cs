using System.Net;

namespace HaLvs.Linux.Netlink;

/// <summary>An entry of the neighbour table: who answers for an address on an interface.</summary>
/// <param name="HardwareAddress">Six bytes on Ethernet; empty while it is not known.</param>
/// <param name="IsUsable">The kernel would send to it without asking first.</param>
/// <param name="IsStale">Known, but not confirmed of late: nobody has asked since.</param>
public sealed record Neighbour(IPAddress Address, int InterfaceIndex, ReadOnlyMemory<byte> HardwareAddress, bool IsUsable, bool IsStale);
