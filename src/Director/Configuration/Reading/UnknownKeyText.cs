using HaLvs.Director.Configuration.Keys;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>What to say about a key that its table does not know.</summary>
internal static class UnknownKeyText
{
    public static string For(string name, KeyTable keys)
    {
        string what = keys.Path.Length == 0 ? "unknown table" : "unknown key";
        if (NearestName.Of(name, keys.Names) is { } near)
        {
            return $"{what}; did you mean \"{near}\"?";
        }

        return KnownTables.OtherHome(name, keys.Path) is { } home
            ? $"{what} here; it belongs to {home}"
            : $"{what}; known here: {string.Join(", ", keys.Names)}";
    }
}
