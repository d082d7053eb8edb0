using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Runtime;

/// <summary>What a change must know of the machine's own network.</summary>
public interface IMachineNetwork
{
    /// <summary>Bytes; null: there is no interface of this name.</summary>
    int? MtuOf(string interfaceName);

    /// <summary>True for the broadcast address of a network that the machine is in: no server can have it (ip_vs_add_dest).</summary>
    bool IsBroadcast(Ip address);
}
