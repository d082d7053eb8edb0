using HaLvs.Linux.Packets;

namespace HaLvs.Linux.Offload;

/// <summary>Where packets leave: the interface, the neighbour's address, our own there, and the largest IP packet that fits.</summary>
public readonly record struct OffloadNextHop(int InterfaceIndex, HardwareAddress Destination, HardwareAddress Source, int MtuBytes);
