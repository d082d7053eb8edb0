namespace HaLvs.Forwarder.Connections;

/// <summary>What the table notes about a flow for itself; never travels.</summary>
[Flags]
internal enum FlowMarks : byte
{
    None = 0,

    /// <summary>Half open, or a datagram's flow that nobody answered: stands in <see cref="EmbryonicFlows"/>.</summary>
    Embryonic = 1,

    /// <summary>Counted in its client's concurrent connections.</summary>
    CountedForClient = 2,

    /// <summary>Ended by us: whoever still sends gets a reset that fits its segment exactly.</summary>
    Ended = 4,

    /// <summary>The SYN proxy has answered the client and waits for the server's SYN+ACK.</summary>
    ProxyHandshake = 8,

    /// <summary>A packet of the other side has been seen here.</summary>
    Answered = 16,

    /// <summary>Embryonic because it was announced and has not begun.</summary>
    Announced = 32,

    /// <summary>The kernel forwards it, or is about to (<see cref="Offload.FlowOffload"/>).</summary>
    Offloaded = 64,
}
