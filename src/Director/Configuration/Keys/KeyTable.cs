namespace HaLvs.Director.Configuration.Keys;

/// <summary>The keys of one table of the file.</summary>
/// <param name="Path">Dotted, "node.fence".</param>
/// <param name="Header">How it is written: "[[node.fence]]".</param>
internal sealed record KeyTable(string Path, string Header, IReadOnlyList<KnownKey> Keys)
{
    public IEnumerable<string> Names => Keys.Select(k => k.Name);
}
