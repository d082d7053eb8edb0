using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Commands.Ipvsadm.Output;

/// <summary>"address:port", as numbers or as names where there are any.</summary>
internal static class EndText
{
    /// <summary>ipvsadm has room for so many characters.</summary>
    private const int Room = 59;

    public static string Of(Ip address, ushort port, TransportProtocol protocol, INameSource names, ListingFormat format)
    {
        bool numeric = format.HasFlag(ListingFormat.Numeric);
        string host = (numeric ? null : names.HostOf(address)) ?? address.ToString();
        string service = (numeric ? null : names.ServiceOf(port, protocol)) ?? FixedWidth.Number(port);
        string text = address.IsV4 ? $"{host}:{service}" : $"[{host}]:{service}";
        return text.Length > Room ? text[..Room] : text;
    }

    /// <summary>Only IPv4 texts are cut to their column.</summary>
    public static string Cut(string text, bool v4, int width) => v4 && text.Length > width ? text[..width] : text;
}
