using System.Globalization;
using HaLvs.Director.Configuration.Values;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Configuration.Keys;

/// <summary>[ipvs]: the kernel's sysctls of net.ipv4.vs by their names, and the time-outs of ipvsadm --set.</summary>
internal static class IpvsTable
{
    public static readonly IpvsSettings Defaults = new();

    public static readonly ConnectionTimeouts DefaultTimeouts = new();

    public static readonly KnownKey Tcp = Timeout("tcp-timeout", "An established TCP connection without packets (`ipvsadm --set`, first number).", "900s", DefaultTimeouts.Tcp);

    public static readonly KnownKey TcpFin = Timeout("tcpfin-timeout", "A TCP connection of which one side has closed (second number).", "120s", DefaultTimeouts.TcpFin);

    public static readonly KnownKey Udp = Timeout("udp-timeout", "A UDP flow without packets (third number).", "300s", DefaultTimeouts.Udp);

    public static readonly KnownKey ExpireNoDestConn = Flag(
        "expire-nodest-conn", "A client's next packet ends a connection whose server is gone, instead of being dropped silently.", Defaults.ExpireNoDestConn);

    public static readonly KnownKey ExpireQuiescentTemplate = Flag(
        "expire-quiescent-template", "Persistent clients of a server of weight 0 are scheduled afresh.", Defaults.ExpireQuiescentTemplate);

    public static readonly KnownKey SloppyTcp = Flag("sloppy-tcp", "Any segment but a reset opens a connection, not only a SYN.", Defaults.SloppyTcp);

    public static readonly KnownKey NatIcmpSend = Flag("nat-icmp-send", "A real server whose packet no connection explains is told \"port unreachable\".", Defaults.NatIcmpSend);

    public static readonly KnownKey SecureTcp = Number(
        "secure-tcp", "0 to 3: a client's ACK alone establishes no connection, only the server's does. 0 off, 1 and 2 when the table is almost full, 3 always.", Defaults.SecureTcp);

    public static readonly KnownKey DropEntry = Number("drop-entry", "0 to 3: half-open connections, and by chance quiet ones of few packets, are thrown out; numbers as for `secure-tcp`.", Defaults.DropEntry);

    public static readonly KnownKey DropPacket = Number("drop-packet", "0 to 3: new connections are dropped at a rate; numbers as for `secure-tcp`.", Defaults.DropPacket);

    public static readonly KnownKey DropRate = Number("drop-rate", "One of so many is dropped while `drop-packet` is 3 (the kernel's am_droprate).", Defaults.DropRate);

    public static readonly KnownKey ConnReuseMode = Number(
        "conn-reuse-mode", "A SYN on a connection that is over: 0 revives it, 1 schedules it afresh.", Defaults.ConnReuseMode);

    public static readonly KnownKey LblcExpiration = Timeout("lblc-expiration", "How long scheduler lblc remembers an address.", "1h", Defaults.LblcExpiration);

    public static readonly KnownKey LblcrExpiration = Timeout("lblcr-expiration", "The same for lblcr.", "1h", Defaults.LblcrExpiration);

    public static readonly KeyTable Table = new(
        "ipvs", "[ipvs]",
        [Tcp, TcpFin, Udp, ExpireNoDestConn, ExpireQuiescentTemplate, SloppyTcp, NatIcmpSend, SecureTcp, DropEntry, DropPacket, DropRate, ConnReuseMode, LblcExpiration, LblcrExpiration]);

    private static KnownKey Timeout(string name, string meaning, string example, TimeSpan value) =>
        new(name, "duration", meaning, $"{name} = \"{example}\"", $"\"{DurationText.Format(value)}\"");

    private static KnownKey Flag(string name, string meaning, bool value) =>
        new(name, "true or false", meaning, $"{name} = true", value ? "true" : "false");

    private static KnownKey Number(string name, string meaning, int value) =>
        new(name, "number", meaning, $"{name} = 1", value.ToString(CultureInfo.InvariantCulture));
}
