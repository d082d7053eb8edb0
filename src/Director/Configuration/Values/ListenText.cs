using System.Net;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Configuration.Values;

/// <summary>Where a virtual service listens. Port 0: on every port.</summary>
internal sealed record ListenAddress(IPAddress Address, ushort Port, TransportProtocol Protocol)
{
    public override string ToString() => $"{new IPEndPoint(Address, Port)}/{ListenText.Name(Protocol)}";
}

/// <summary>"192.0.2.100:80/tcp", "[2001:db8::100]:80/tcp".</summary>
internal static class ListenText
{
    private static readonly (string Name, TransportProtocol Protocol)[] Protocols =
        [("tcp", TransportProtocol.Tcp), ("udp", TransportProtocol.Udp), ("sctp", TransportProtocol.Sctp)];

    public static Parsed<ListenAddress> Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length == 1)
        {
            return Parsed.Bad<ListenAddress>($"\"{text}\" has no protocol; write \"{text}/tcp\" or \"{text}/udp\"");
        }

        Parsed<IPEndPoint> endPoint = AddressText.EndPoint(parts[0], lowestPort: 0);
        Parsed<TransportProtocol> protocol = Protocol(string.Join('/', parts[1..]));
        return endPoint.Value is null ? Parsed.Bad<ListenAddress>(endPoint.Complaint!)
            : protocol.Complaint is not null ? Parsed.Bad<ListenAddress>(protocol.Complaint)
            : new ListenAddress(endPoint.Value.Address, (ushort)endPoint.Value.Port, protocol.Value);
    }

    public static Parsed<TransportProtocol> Protocol(string text) =>
        Protocols.FirstOrDefault(p => p.Name == text) is { Name: not null } known
            ? known.Protocol
            : Parsed.Bad<TransportProtocol>(
                $"\"{text}\" is not a protocol; {Keys.NearestName.Question(text.Split('/')[^1], Protocols.Select(p => p.Name))}write tcp, udp or sctp");

    public static string Name(TransportProtocol protocol) => Protocols.First(p => p.Protocol == protocol).Name;
}
