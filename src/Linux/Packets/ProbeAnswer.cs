using System.Net;

namespace HaLvs.Linux.Packets;

/// <summary>Somebody holds the address: by ARP with this hardware address, or by echo (null). Two hardware addresses for one address are a conflict.</summary>
public sealed record ProbeAnswer(IPAddress Address, HardwareAddress? Hardware);
