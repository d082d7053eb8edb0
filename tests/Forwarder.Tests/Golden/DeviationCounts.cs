namespace HaLvs.Forwarder.Tests.Golden;

/// <summary>How often a replay differed from its record, by rule, in the order of the first time.</summary>
internal sealed class DeviationCounts
{
    private readonly List<string> _order = [];
    private readonly Dictionary<string, int> _counts = [];

    /// <returns>True, so that a rule can end with it.</returns>
    public bool Add(string rule)
    {
        if (_counts.TryAdd(rule, 1))
        {
            _order.Add(rule);
        }
        else
        {
            _counts[rule]++;
        }

        return true;
    }

    public override string ToString() => string.Join(", ", _order.Select(rule => $"{rule} {_counts[rule]}"));
}
