using HaLvs.Forwarder.Scheduling;
namespace HaLvs.Director.Configuration.Keys;

/// <summary>[[service]].</summary>
internal static class ServiceTable
{
    public static readonly KnownKey Listen = new(
        "listen", "ADDRESS:PORT/PROTOCOL", "One of the virtual addresses, a port, and `tcp` or `udp`.", "listen = \"192.0.2.100:80/tcp\"", Required: true);

    public static readonly KnownKey Scheduler = new(
        "scheduler", "rr, wrr, lc or wlc", "How a real server is chosen for a new connection; the same as in ipvsadm.", "scheduler = \"rr\"",
        $"\"{SchedulerNames.Default}\"");

    public static readonly KnownKey Check = new(
        "check", "table", "How real servers are checked; read now, carried out by a later version.", "check = { type = \"http\", path = \"/\" }");

    public static readonly KnownKey Helper = new(
        "helper", "\"ftp\"", "Protocols with addresses inside; `ftp` forwards the control connection only for now.", "helper = \"ftp\"");

    public static readonly KnownKey Server = new("server", "list of tables", "Real servers of the service.", "[[service.server]]");

    public static readonly KeyTable Table = new("service", "[[service]]", [Listen, Scheduler, Check, Helper, Server]);
}
