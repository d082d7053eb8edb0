using System.Net;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Configuration.Values;

/// <summary>Where a virtual service listens.</summary>
internal sealed record ListenAddress(IPAddress Address, ushort Port, TransportProtocol Protocol)
{
    public override string ToString() => $"{Address}:{Port}/{(Protocol == TransportProtocol.Udp ? "udp" : "tcp")}";
}

/// <summary>"192.0.2.100:80/tcp".</summary>
internal static class ListenText
{
    private static readonly string[] Protocols = ["tcp", "udp"];

    public static Parsed<ListenAddress> Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length == 1)
        {
            return Parsed.Bad<ListenAddress>($"\"{text}\" has no protocol; write \"{text}/tcp\" or \"{text}/udp\"");
        }

        Parsed<IPEndPoint> endPoint = Ipv4Text.EndPoint(parts[0]);
        if (endPoint.Value is null)
        {
            return Parsed.Bad<ListenAddress>(endPoint.Complaint!);
        }

        return parts.Length == 2 && Protocols.Contains(parts[1])
            ? new ListenAddress(
                endPoint.Value.Address, (ushort)endPoint.Value.Port, parts[1] == "udp" ? TransportProtocol.Udp : TransportProtocol.Tcp)
            : Parsed.Bad<ListenAddress>($"\"{string.Join('/', parts[1..])}\" is not a protocol; {Keys.NearestName.Question(parts[^1], Protocols)}write tcp or udp");
    }
}
