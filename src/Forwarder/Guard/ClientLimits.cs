using System.Numerics;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Guard;

/// <summary>
/// Connections per client, in memory that does not grow: two count-min sketches (Cormode, Muthukrishnan) of four rows. A client is an IPv4 address or an
/// IPv6 /64. Counts are never too low; a collision in all four rows can make one too high, so a limit should stand well above connections
/// divided by cells. Costs nothing while there is no limit.
/// </summary>
internal sealed class ClientLimits(ulong seed)
{
    private const int Rows = 4;
    private const int CellsPerRow = 1 << 16;
    private const long Second = 1000;
    private readonly ulong[] _keys = Keys(seed);
    private int[] _concurrent = [];
    private Burst[] _recent = [];

    public ClientLimitOptions Options { get; private set; } = new();

    private bool CountsConcurrent => _concurrent.Length > 0;

    /// <summary>Flows from before a limit existed are not counted.</summary>
    public void Configure(ClientLimitOptions options)
    {
        Options = options;
        if (options.ConcurrentConnections > 0 && _concurrent.Length == 0)
        {
            _concurrent = GC.AllocateArray<int>(Rows * CellsPerRow, pinned: true);
        }

        if (options.NewConnectionsPerSecond > 0 && _recent.Length == 0)
        {
            _recent = GC.AllocateArray<Burst>(Rows * CellsPerRow, pinned: true);
        }
    }

    /// <summary>Asks for one more connection of the client; one that is granted counts for the rate.</summary>
    public DropReason Ask(Ip client, long now)
    {
        if (Options.ConcurrentConnections > 0 && Concurrent(client) >= Options.ConcurrentConnections)
        {
            return DropReason.ClientConnections;
        }

        return Options.NewConnectionsPerSecond > 0 && !TakesTurn(client, now) ? DropReason.ClientRate : DropReason.None;
    }

    /// <summary>A connection stands in the table now.</summary>
    public void Opened(ref Flow flow)
    {
        if (CountsConcurrent && flow.Kind == ConnectionKind.Service)
        {
            flow.Marks |= FlowMarks.CountedForClient;
            Add(flow.Client, 1);
        }
    }

    public void Closed(in Flow flow)
    {
        if ((flow.Marks & FlowMarks.CountedForClient) != 0)
        {
            Add(flow.Client, -1);
        }
    }

    public int Concurrent(Ip client)
    {
        int least = int.MaxValue;
        for (int row = 0; CountsConcurrent && row < Rows; row++)
        {
            least = Math.Min(least, _concurrent[Cell(client, row)]);
        }

        return least;
    }

    private void Add(Ip client, int change)
    {
        for (int row = 0; row < Rows; row++)
        {
            _concurrent[Cell(client, row)] += change;
        }
    }

    /// <summary>A second's worth of connections may come at once; then as many as the time that passed allows (a bucket per cell).</summary>
    private bool TakesTurn(Ip client, long now)
    {
        int limit = Options.NewConnectionsPerSecond;
        long cost = Math.Max(1_000_000 / limit, 1);
        long micros = now * Second;
        bool free = false;
        for (int row = 0; row < Rows; row++)
        {
            free |= _recent[Cell(client, row)].PaidUntil <= micros + (1_000_000 - cost);
        }

        for (int row = 0; free && row < Rows; row++)
        {
            ref Burst cell = ref _recent[Cell(client, row)];
            cell.PaidUntil = Math.Max(cell.PaidUntil, micros) + cost;
        }

        return free;
    }

    private int Cell(Ip client, int row)
    {
        ulong name = client.IsV4 ? client.V4 : client.High | 1UL << 63;
        ulong high = Math.BigMul(name ^ _keys[row], _keys[row] | 1, out ulong low);
        return (row * CellsPerRow) + (int)((high ^ BitOperations.RotateLeft(low, 29)) & (CellsPerRow - 1));
    }

    private static ulong[] Keys(ulong seed)
    {
        SplitMix chance = new(seed ^ 0xc11e_4717);
        ulong[] keys = new ulong[Rows];
        for (int row = 0; row < Rows; row++)
        {
            keys[row] = chance.Next();
        }

        return keys;
    }

    /// <summary>Microseconds of the core's clock up to which the cell's clients have used their turns.</summary>
    private struct Burst
    {
        public long PaidUntil;
    }
}
