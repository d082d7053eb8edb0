using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Validation;

/// <summary>Every rule between values. None stops another: the operator gets all of it at once.</summary>
internal static class ConfigurationRules
{
    private static readonly Action<DirectorConfig, IssueList>[] All =
    [
        ClusterRules.Check,
        NetworkRules.Check,
        TimingRules.Check,
        SerialRules.Check,
        NodeRules.Check,
        LinkRules.Check,
        FenceRules.Check,
        FenceAddressRules.Check,
        ServiceRules.Check,
        ServiceFeatureRules.Check,
        ServerRules.Check,
        MarkRules.Check,
    ];

    public static void Check(DirectorConfig config, IssueList issues)
    {
        foreach (Action<DirectorConfig, IssueList> rule in All)
        {
            rule(config, issues);
        }
    }
}
