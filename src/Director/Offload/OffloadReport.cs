using System.Globalization;
using HaLvs.Director.Loops;

namespace HaLvs.Director.Offload;

/// <summary>The one line of status: what the kernel program does and why, and how much of the traffic it carries.</summary>
/// <param name="offload">Null: none, for the reason that <paramref name="text"/> gives.</param>
internal sealed class OffloadReport(KernelOffload? offload, string text, DataPlane dataPlane)
{
    public override string ToString()
    {
        if (offload is null)
            return text;
        if (offload.Broken is { } reason)
            return $"off: {reason}";
        (int valid, int all) = offload.NextHops;
        string refused = offload.Refused > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {offload.Refused:N0} flows found no room") : "";
        int flows;
        lock (dataPlane.Gate)
            flows = dataPlane.Core.OffloadedCount;
        return string.Create(CultureInfo.InvariantCulture, $"{text}; {flows:N0} flows, {valid} of {all} next hops known{refused}");
    }
}
