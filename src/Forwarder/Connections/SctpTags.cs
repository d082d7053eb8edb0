namespace HaLvs.Forwarder.Connections;

/// <summary>
/// The verification tags of an SCTP association: each side tells in its INIT or INIT ACK what must stand in every packet that it is sent (RFC 9260 section
/// 3.1). 0 means not known, no side may choose it. The agreed ones travel to the standby; those of an INIT that is not answered yet do not.
/// </summary>
internal struct SctpTags
{
    /// <summary>What packets to the client, and to the server, carry.</summary>
    public uint Client;
    public uint Server;

    /// <summary>Of the newest INIT and INIT ACK: a restarted peer's (section 5.2), agreed when a COOKIE ECHO carries the second one back.</summary>
    public uint OfferedByClient;
    public uint OfferedByServer;
}
