using HaLvs.Director.Sync.Tables;

namespace HaLvs.Director.Tests.Sync;

internal static class LockedTable
{
    /// <summary>One look at a table under its gate.</summary>
    public static T Locked<T>(this IReplicatedTable table, Func<IReplicatedTable, T> look)
    {
        lock (table.Gate) return look(table);
    }
}
