namespace HaLvs.Director.Configuration.Keys;

/// <summary>[[mark]].</summary>
internal static class MarkTable
{
    public static readonly KnownKey Mark = new(
        "mark", "number", "The mark that a new flow gets, 1 to 4294967295; a `[[service]]` with the same `mark` takes it.", "mark = 1", Required: true);

    public static readonly KnownKey From = new(
        "from", "ADDRESS or ADDRESS/LENGTH", "Clients of this network only.", "from = \"198.51.100.0/24\"");

    public static readonly KnownKey To = new(
        "to", "ADDRESS or ADDRESS/LENGTH", "Virtual addresses in this network; without it, all of them.", "to = \"192.0.2.100\"");

    public static readonly KnownKey Protocol = new("protocol", "\"tcp\", \"udp\" or \"sctp\"", "Only this one; without it, all.", "protocol = \"tcp\"");

    public static readonly KnownKey Ports = new(
        "ports", "list of ports and ranges", "Ports that the client asks for; without it, all.", "ports = [\"80\", \"8000-8099\"]", "[]");

    public static readonly KeyTable Table = new("mark", "[[mark]]", [Mark, From, To, Protocol, Ports]);
}
