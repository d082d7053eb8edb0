using System.Globalization;
using System.Text;
using HaLvs.Director.Commands;

namespace HaLvs.Director.Drills;

/// <summary>A drill's report for people.</summary>
public static class DrillText
{
    public static string Render(DrillReport r)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"drill {r.Kind}: {r.From} -> {r.To}, seen from {r.Node}\n\n");
        text.Append("   after blow   since last  what\n");
        text.Append("      0.00 ms               the blow\n");
        foreach (DrillMoment m in r.Timeline)
        {
            text.Append(CultureInfo.InvariantCulture, $"{ElapsedText.Fine(m.AfterBlowMs),13}  {"+" + ElapsedText.Fine(m.SincePreviousMs),11}  {m.Kind}: {m.Text}\n");
        }

        text.Append('\n');
        if (r.Traffic is { } traffic)
        {
            text.Append(TrafficText.Render(traffic));
            text.Append(r.FirstNewConnectionMs is { } first
                ? $"first new     {ElapsedText.Fine(first)} after the blow\n"
                : "first new     no gap above 50 ms\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{r.Verdict}\n").ToString();
    }
}
