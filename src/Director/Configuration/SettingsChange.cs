using System.Globalization;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Values;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Configuration;

/// <summary>What a reload changes in [ipvs] and [guard], one line each; it takes effect with each connection's next packet.</summary>
internal static class SettingsChange
{
    public static IEnumerable<string> Between(DirectorModel old, DirectorModel @new) =>
        Values(old).Zip(Values(@new)).Where(pair => pair.First != pair.Second)
            .Select(pair => $"{pair.First.Key}: {pair.First.Value} to {pair.Second.Value}");

    private static IEnumerable<(string Key, string Value)> Values(DirectorModel model) =>
        [.. Times(model).Concat(Ipvs(model.Ipvs)).Select(v => ($"ipvs.{v.Key.Name}", v.Value)), .. Guard(model).Select(v => ($"guard.{v.Key.Name}", v.Value))];

    private static (KnownKey Key, string Value)[] Times(DirectorModel model) =>
    [
        (IpvsTable.Tcp, DurationText.Format(model.Timeouts.Tcp)),
        (IpvsTable.TcpFin, DurationText.Format(model.Timeouts.TcpFin)),
        (IpvsTable.Udp, DurationText.Format(model.Timeouts.Udp)),
    ];

    private static (KnownKey Key, string Value)[] Ipvs(IpvsSettings settings) =>
    [
        (IpvsTable.ExpireNoDestConn, Text(settings.ExpireNoDestConn)),
        (IpvsTable.ExpireQuiescentTemplate, Text(settings.ExpireQuiescentTemplate)),
        (IpvsTable.SloppyTcp, Text(settings.SloppyTcp)),
        (IpvsTable.NatIcmpSend, Text(settings.NatIcmpSend)),
        (IpvsTable.SecureTcp, Text(settings.SecureTcp)),
        (IpvsTable.DropEntry, Text(settings.DropEntry)),
        (IpvsTable.DropPacket, Text(settings.DropPacket)),
        (IpvsTable.DropRate, Text(settings.DropRate)),
        (IpvsTable.ConnReuseMode, Text(settings.ConnReuseMode)),
        (IpvsTable.LblcExpiration, DurationText.Format(settings.LblcExpiration)),
        (IpvsTable.LblcrExpiration, DurationText.Format(settings.LblcrExpiration)),
    ];

    private static (KnownKey Key, string Value)[] Guard(DirectorModel model) =>
    [
        (GuardTable.SynCookies, GuardTable.Modes[(int)model.SynProxy.Mode]),
        (GuardTable.ServiceThreshold, Text(model.SynProxy.ServiceThreshold)),
        (GuardTable.TableThreshold, Text(model.SynProxy.TableThreshold)),
        (GuardTable.ClientConnections, Text(model.ClientLimits.ConcurrentConnections)),
        (GuardTable.ClientRate, Text(model.ClientLimits.NewConnectionsPerSecond)),
    ];

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
