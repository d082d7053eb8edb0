using System.Globalization;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>A serial line must carry a heartbeat in less than half the interval, or messages queue up and old ones count as news.</summary>
internal static class SerialRules
{
    /// <summary>A heartbeat message fits this (docs: wire format).</summary>
    private const int LargestMessageBytes = 256;

    /// <summary>Eight data bits, a start and a stop bit.</summary>
    private const int BitsPerByte = 10;

    public static void Check(DirectorConfig config, IssueList issues)
    {
        if (config.Heartbeat.Interval is not { Value: var interval })
        {
            return;
        }

        foreach (Setting<LinkModel> link in config.Nodes.SelectMany(n => n.Links))
        {
            if (link.Value is LinkModel.Serial serial && MessageTime(serial.Baud) >= interval / 2)
            {
                issues.Error(link.At, "node.links", TooSlow(serial.Baud, interval));
            }
        }
    }

    private static TimeSpan MessageTime(int baud) => TimeSpan.FromSeconds((double)LargestMessageBytes * BitsPerByte / baud);

    private static string TooSlow(int baud, TimeSpan interval)
    {
        int faster = LinkText.BaudRates.FirstOrDefault(b => MessageTime(b) < interval / 2);
        int milliseconds = (int)Math.Floor(MessageTime(baud).TotalMilliseconds * 2) + 1;
        string rate = faster == 0 ? "" : $"{faster} baud or faster, or ";
        return string.Create(CultureInfo.InvariantCulture,
            $"a heartbeat ({LargestMessageBytes} bytes) takes {MessageTime(baud).TotalMilliseconds:0.#} ms at {baud} baud, not less than half the interval ({DurationText.Format(interval)}); use {rate}an interval of \"{milliseconds}ms\" or more");
    }
}
