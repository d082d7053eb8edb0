using HaLvs.Linux.Packets;

namespace HaLvs.Director.Offload;

/// <summary>An Ethernet neighbour, complete: what stands in front of a packet that is sent to it.</summary>
/// <param name="MtuBytes">Of the interface: larger packets belong to the user path, which answers them.</param>
internal readonly record struct NextHop(int InterfaceIndex, HardwareAddress Destination, HardwareAddress Source, int MtuBytes);
