using HaLvs.Forwarder.Scheduling;
namespace HaLvs.Director.Configuration.Keys;

/// <summary>[[service]].</summary>
internal static class ServiceTable
{
    public static readonly KnownKey Listen = new(
        "listen", "ADDRESS:PORT/PROTOCOL",
        "One of the virtual addresses, a port, and `tcp`, `udp` or `sctp`; port 0 is every port and needs `persistence`. Either this or `mark`.",
        "listen = \"192.0.2.100:80/tcp\"");

    public static readonly KnownKey Mark = new(
        "mark", "number", "Firewall mark, 1 to 4294967295, that a `[[mark]]` rule gives to packets; the servers' addresses tell the family.", "mark = 1");

    public static readonly KnownKey Scheduler = new(
        "scheduler", "scheduler", "How a real server is chosen for a new connection, by its name in ipvsadm(8); the list is below.",
        "scheduler = \"rr\"", $"\"{SchedulerNames.Default}\"");

    public static readonly KnownKey SchedulerFlags = new(
        "scheduler-flags", "list of flags",
        "`sh-fallback`, `sh-port`, `mh-fallback`, `mh-port`, `mhr-port`: the next server where the chosen one takes none; the client's port counts too.",
        "scheduler-flags = [\"sh-port\"]", "[]");

    public static readonly KnownKey Persistence = new(
        "persistence", "table", "Clients that come again go to the server that they had.", "persistence = { timeout = \"300s\" }");

    public static readonly KnownKey OnePacket = new(
        "one-packet", "true or false", "udp: every datagram is scheduled by itself.", "one-packet = true", "false");

    public static readonly KnownKey Helper = new(
        "helper", "\"ftp\" or \"tftp\"", "Protocols that open further connections, which follow to the same server. An FTP service on port 21 has it without being told.",
        "helper = \"ftp\"");

    public static readonly KnownKey SlowStart = new(
        "slow-start", "duration", "A new server's weight grows to its full value over this time.", "slow-start = \"30s\"");

    public static readonly KnownKey OnServerLoss = new(
        "on-server-loss", "\"keep\" or \"reset\"",
        "What becomes of connections to a server that is taken away: `keep` as IPVS does; `reset` tells both ends of TCP at once and forgets UDP.",
        "on-server-loss = \"reset\"", "\"keep\"");

    public static readonly KnownKey Check = new(
        "check", "table", "How real servers are checked; read now, carried out by a later version.", "check = { type = \"http\", path = \"/\" }");

    public static readonly KnownKey Server = new("server", "list of tables", "Real servers of the service.", "[[service.server]]");

    public static readonly KeyTable Table = new(
        "service", "[[service]]",
        [Listen, Mark, Scheduler, SchedulerFlags, Persistence, OnePacket, Helper, SlowStart, OnServerLoss, Check, Server]);

    public static readonly IReadOnlyList<string> Helpers = ["ftp", "tftp"];

    public static readonly IReadOnlyList<string> Losses = ["keep", "reset"];
}
