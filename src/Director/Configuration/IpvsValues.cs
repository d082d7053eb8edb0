using System.Globalization;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Values;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Configuration;

/// <summary>The settings of [ipvs] by key, as they are written.</summary>
internal static class IpvsValues
{
    public static IReadOnlyList<(string Key, string Value)> Of(IpvsSettings settings) =>
    [
        (IpvsTable.ExpireNoDestConn.Name, Text(settings.ExpireNoDestConn)),
        (IpvsTable.ExpireQuiescentTemplate.Name, Text(settings.ExpireQuiescentTemplate)),
        (IpvsTable.SloppyTcp.Name, Text(settings.SloppyTcp)),
        (IpvsTable.SecureTcp.Name, Text(settings.SecureTcp)),
        (IpvsTable.DropEntry.Name, Text(settings.DropEntry)),
        (IpvsTable.DropPacket.Name, Text(settings.DropPacket)),
        (IpvsTable.DropRate.Name, Text(settings.DropRate)),
        (IpvsTable.ConnReuseMode.Name, Text(settings.ConnReuseMode)),
        (IpvsTable.LblcExpiration.Name, DurationText.Format(settings.LblcExpiration)),
        (IpvsTable.LblcrExpiration.Name, DurationText.Format(settings.LblcrExpiration)),
    ];

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
