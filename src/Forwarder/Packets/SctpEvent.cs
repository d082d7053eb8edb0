namespace HaLvs.Forwarder.Packets;

/// <summary>What a packet means to an SCTP association; chunk types of RFC 9260 section 3.2. Everything not named here is traffic.</summary>
internal enum SctpEvent : byte
{
    Traffic = 0,
    Init,
    InitAck,
    CookieEcho,
    CookieAck,
    Shutdown,
    ShutdownAck,
    ShutdownComplete,
    Error,
    Abort,
}
