using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Keys;
using HaLvs.Director.Configuration.Toml;
using HaLvs.Director.Configuration.Values;
using HaLvs.Director.Configuration.Written;

namespace HaLvs.Director.Configuration.Reading;

/// <summary>[network].</summary>
internal static class NetworkReader
{
    private const int SmallestCapacity = 1024;
    private const int LargestCapacity = 16_777_216;

    public static NetworkConfig Read(TomlTable? table, IssueList issues)
    {
        if (table is null)
        {
            return new NetworkConfig(null, null, [], null, null, null, null);
        }

        var reader = new TableReader(table, NetworkTable.Table, issues);
        reader.ReportUnknownKeys();
        return new NetworkConfig(
            reader.Text(NetworkTable.External, WordText.Interface),
            reader.Text(NetworkTable.Internal, WordText.Interface),
            reader.List(NetworkTable.VirtualAddresses, PrefixText.Virtual),
            reader.Text(NetworkTable.Gateway, PrefixText.Gateway),
            reader.Flag(NetworkTable.Masquerade, false),
            reader.Text(NetworkTable.Offload, WordText.Offload, "auto"),
            reader.Whole(NetworkTable.ConnectionCapacity, SmallestCapacity, LargestCapacity, NetworkModel.DefaultConnectionCapacity))
        {
            Gateway6 = reader.Text(NetworkTable.Gateway6, PrefixText.Gateway6),
            Gateway6Given = reader.Has(NetworkTable.Gateway6),
            NoVirtualAddress = reader.Node(NetworkTable.VirtualAddresses) is TomlList { Items.Count: 0 } empty ? empty.At : null,
        };
    }
}
