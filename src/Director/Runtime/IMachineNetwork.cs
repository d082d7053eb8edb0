using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Runtime;

/// <summary>What a change must know of the machine's own network. Asks the kernel: never under the data plane's gate.</summary>
public interface IMachineNetwork
{
    /// <summary>Bytes; null: there is no interface of this name.</summary>
    int? MtuOf(string interfaceName);

    /// <summary>Broadcast addresses of the networks that the machine is in: no server can have one (ip_vs_add_dest). Asked once a transaction.</summary>
    IReadOnlySet<Ip> Broadcasts();
}
