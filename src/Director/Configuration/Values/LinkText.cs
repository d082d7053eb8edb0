using System.Globalization;
using System.Net;

namespace HaLvs.Director.Configuration.Values;

/// <summary>"udp:ADDRESS:PORT" and "serial:DEVICE:BAUD".</summary>
internal static class LinkText
{
    /// <summary>The rates of termios(3) from 9600 on; slower lines cannot carry a heartbeat in useful time.</summary>
    public static readonly int[] BaudRates =
        [9600, 19200, 38400, 57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000, 3000000, 3500000, 4000000];

    private static readonly string[] Kinds = ["udp", "serial"];

    public static Parsed<LinkModel> Parse(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string kind = colon < 0 ? text : text[..colon];
        string rest = colon < 0 ? "" : text[(colon + 1)..];
        return kind switch
        {
            "udp" => Udp(text, rest),
            "serial" => Serial(text, rest),
            _ => Parsed.Bad<LinkModel>(
                $"\"{text}\" is not a link; {Keys.NearestName.Question(kind, Kinds)}write udp:ADDRESS:PORT or serial:DEVICE:BAUD"),
        };
    }

    private static Parsed<LinkModel> Udp(string text, string rest)
    {
        if (Ipv4Text.Bytes(rest) is not null)
        {
            return Parsed.Bad<LinkModel>($"\"{text}\" has no port; write \"{text}:694\"");
        }

        Parsed<IPEndPoint> local = Ipv4Text.EndPoint(rest);
        return local.Value is null ? Parsed.Bad<LinkModel>(local.Complaint!) : new LinkModel.Udp(text, local.Value);
    }

    private static Parsed<LinkModel> Serial(string text, string rest)
    {
        int colon = rest.LastIndexOf(':');
        string device = colon < 0 ? rest : rest[..colon];
        string baud = colon < 0 ? "" : rest[(colon + 1)..];
        if (PathText.Absolute(device).Complaint is not null)
        {
            return Parsed.Bad<LinkModel>($"\"{text}\" names no device; write serial:DEVICE:BAUD like serial:/dev/ttyS0:115200");
        }

        return int.TryParse(baud, NumberStyles.None, CultureInfo.InvariantCulture, out int rate) && BaudRates.Contains(rate)
            ? new LinkModel.Serial(text, device, rate)
            : Parsed.Bad<LinkModel>($"\"{baud}\" is not a baud rate of a serial line; write one of {string.Join(", ", BaudRates)}");
    }
}
