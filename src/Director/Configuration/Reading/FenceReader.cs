using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>[[node.fence]]: the type decides which keys there are.</summary>
internal static class FenceReader
{
    public static FenceConfig Read(TomlTable table, IssueList issues)
    {
        var reader = new TableReader(table, FenceTable.Table, issues);
        reader.ReportUnknownKeys();
        Setting<string>? type = reader.Text(FenceTable.Type, WordText.OneOf("a type of fence device", FenceTable.Types));
        if (type is not null)
        {
            ReportKeysOfOtherTypes(table, type.Value, issues);
            ReportMissingKeys(reader, type.Value);
        }

        return ReadValues(table, reader, type);
    }

    private static FenceConfig ReadValues(TomlTable table, TableReader reader, Setting<string>? type) => new(table.At)
    {
        Type = type,
        Level = reader.Whole(FenceTable.Level, 1, 9, FenceTable.Defaults.Level),
        Address = reader.Text(FenceTable.Address, WordText.Controller),
        User = reader.Text(FenceTable.User, WordText.NotEmpty),
        PasswordFile = reader.Text(FenceTable.PasswordFile, PathText.Absolute),
        Port = reader.Whole(FenceTable.Port, 1, ushort.MaxValue, FenceTable.Defaults.Port),
        CipherSuite = reader.Whole(FenceTable.CipherSuite, 1, 17, FenceTable.Defaults.CipherSuite),
        Program = reader.Text(FenceTable.Program, PathText.Program),
        Options = FenceOptionsReader.Read(reader),
        Timeout = reader.Duration(FenceTable.Timeout, FenceTable.Defaults.CommandTimeout),
        OffTimeout = reader.Duration(FenceTable.OffTimeout, FenceTable.Defaults.OffTimeout),
        PollInterval = reader.Duration(FenceTable.PollInterval, FenceTable.Defaults.PollInterval),
        Attempts = reader.Whole(FenceTable.Attempts, 1, 10, FenceTable.Defaults.Attempts),
    };

    private static void ReportKeysOfOtherTypes(TomlTable table, string type, IssueList issues)
    {
        string[] own = [.. FenceTable.KeysOf(type).Select(k => k.Name)];
        foreach (TomlEntry entry in table.Entries.Where(e => FenceTable.Table.Names.Contains(e.Name) && !own.Contains(e.Name)))
        {
            issues.Error(entry.At, table.PathOf(entry.Name), $"is no key of type \"{type}\"; take it away, or use {string.Join(", ", own)}");
        }
    }

    private static void ReportMissingKeys(TableReader reader, string type)
    {
        foreach (KnownKey key in FenceTable.RequiredOf(type).Where(k => !reader.Has(k)))
        {
            reader.Issues.Error(reader.At, reader.PathOf(key), $"is missing for type \"{type}\"; add {key.Example}");
        }
    }
}
