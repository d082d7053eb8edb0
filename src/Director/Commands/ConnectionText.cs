using System.Globalization;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands;

/// <summary>Connections in the columns of ipvsadm 1.31 -Lnc, so that eyes and awk scripts find their habits.</summary>
public static class ConnectionText
{
    public const string Heading = "IPVS connection entries\npro expire state       source             virtual            destination\n";

    public static string Render(Connection c)
    {
        uint seconds = c.RemainingMilliseconds / 1_000;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{c.Protocol.ToUpperInvariant(),-3} {seconds / 60:00}:{seconds % 60:00}  {c.State,-11} {c.Client,-18} {c.Virtual,-18} {c.Server}\n");
    }
}
