namespace HaLvs.Forwarder.Nat;

/// <summary>
/// The ports that a node of a pair gives to new flows: its own half, so that a flow which had not reached the standby when the active died never meets
/// another of the same ports. Flows that were synced stay whatever their ports are.
/// </summary>
internal readonly record struct PortBlock(int First, int Count)
{
    private const int FirstPort = 1024;

    /// <summary>Below the ports that Linux gives to its own connections (ip_local_port_range): the gateway address is the director's as well.</summary>
    private const int EndOfGatewayPorts = 32_768;

    /// <summary>For flows under a virtual address.</summary>
    public static PortBlock ForVirtualAddress(int node, int nodes) => Share(FirstPort, 65_536, node, nodes);

    /// <summary>For hairpin flows under the gateway address.</summary>
    public static PortBlock ForGateway(int node, int nodes) => Share(FirstPort, EndOfGatewayPorts, node, nodes);

    /// <summary>There is one node: every port is its own, also those below 1024.</summary>
    public bool IsWhole => Count == 65_536 - FirstPort;

    public bool Contains(int port) => port >= First && port < First + Count;

    private static PortBlock Share(int from, int to, int node, int nodes)
    {
        int count = (to - from) / Math.Max(nodes, 1);
        return new PortBlock(from + (count * Math.Clamp(node, 0, Math.Max(nodes, 1) - 1)), count);
    }
}
