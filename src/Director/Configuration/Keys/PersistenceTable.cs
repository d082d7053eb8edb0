using HaLvs.Director.Configuration.Values;

namespace HaLvs.Director.Configuration.Keys;

/// <summary>persistence = { ... } of a service.</summary>
internal static class PersistenceTable
{
    /// <summary>DEF_PERSISTENT_TIMEOUT of ipvsadm -p.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(300);

    public static readonly KnownKey Timeout = new(
        "timeout", "duration", "How long after its last connection a client is remembered; whole seconds, at most `\"744h\"`.", "timeout = \"600s\"",
        $"\"{DurationText.Format(DefaultTimeout)}\"");

    public static readonly KnownKey Netmask = new(
        "netmask", "mask or prefix length", "Clients of one network count as one: a mask (IPv4) or a prefix length. Without it, each client by itself.",
        "netmask = \"255.255.255.0\"");

    public static readonly KnownKey Engine = new(
        "engine", "\"sip\"", "udp: remembers each SIP call by its Call-ID; usual with one-packet (ADR 0018).", "engine = \"sip\"");

    public static readonly KeyTable Table = new("service.persistence", "persistence = { ... }", [Timeout, Netmask, Engine]);

    public static readonly IReadOnlyList<string> Engines = ["sip"];
}
