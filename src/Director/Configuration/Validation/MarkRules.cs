using System.Net;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>Marks have a service and services of a mark have rules; a rule's addresses are of one family and among the virtual ones.</summary>
internal static class MarkRules
{
    public static void Check(DirectorConfig config, IssueList issues)
    {
        foreach (MarkConfig rule in config.Marks)
        {
            CheckAddresses(rule, config.Network.VirtualAddresses, issues);
            if (rule.Mark is { } mark && !config.Services.Any(s => s.MarkGiven && (s.Mark is null || s.Mark.Value == mark.Value)))
            {
                issues.Warning(mark.At, "mark.mark", $"no service takes mark {mark.Value}; add [[service]] with mark = {mark.Value}");
            }
        }

        foreach (Setting<uint> mark in config.Services.Select(s => s.Mark).OfType<Setting<uint>>())
        {
            if (!config.Marks.Any(m => m.Mark is null || m.Mark.Value == mark.Value))
            {
                issues.Warning(mark.At, "service.mark", $"no rule gives mark {mark.Value}, so the service gets nothing; add [[mark]] with mark = {mark.Value}");
            }
        }
    }

    private static void CheckAddresses(MarkConfig rule, IReadOnlyList<Setting<IPAddress>> known, IssueList issues)
    {
        if (rule is { From: { } from, To: { } to } && from.Value.IsV6 != to.Value.IsV6)
        {
            issues.Error(from.At, "mark.from", $"{from.Value} and to = {to.Value} are of different families, so nothing can match; write two rules");
        }

        if (rule.To is { } destination && known.Count > 0 && !known.Any(v => destination.Value.Contains(v.Value)))
        {
            issues.Error(destination.At, "mark.to",
                $"{destination.Value} holds none of network.virtual-addresses, so nothing reaches the rule; use {string.Join(", ", known.Select(v => v.Value))}, or add an address there");
        }
    }
}
