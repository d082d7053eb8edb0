using System.Numerics;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// mh: the client's address (with mh-port also its port) decides, over a table that servers fill in turn, each in the order of its own permutation
/// (Eisenbud and others: Maglev, section 3.4). Turns follow the last weight above 0, so quiescing a server moves nobody: its clients are refused, or
/// with mh-fallback sent elsewhere. Table size, keys and rounding are those of net/netfilter/ipvs/ip_vs_mh.c with CONFIG_IP_VS_MH_TAB_INDEX 12.
/// </summary>
internal sealed class MaglevHash : Scheduler
{
    private const int Slots = 4093;
    private const int TurnBits = 6;
    private const ulong PlaceKey = 2_654_435_761;
    private const ulong SkipKey = 2_654_446_892;
    private readonly RealServer?[] _slots = new RealServer?[Slots];
    private Turn[] _turns = [];

    public override bool FollowsFromList => true;

    public override RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection)
    {
        uint client = KernelHash.Fold(connection.Client) + ((Options & SchedulerOptions.Port) != 0 ? connection.ClientPort : 0u);
        uint slot = Place(client);
        if (_slots[slot] is { TakesConnections: true } server)
        {
            return server;
        }

        return (Options & SchedulerOptions.Fallback) != 0 ? Fallback(client, slot) : null;
    }

    public override void Start(ReadOnlySpan<RealServer> servers) => Fill(servers);

    public override void ServerAdded(ReadOnlySpan<RealServer> servers) => Fill(servers);

    public override void ServerRemoved(int index, ReadOnlySpan<RealServer> servers) => Fill(servers);

    public override void ServerEdited(int index, ReadOnlySpan<RealServer> servers) => Fill(servers);

    /// <summary>Hash of folded address plus port, with the kernel's first key.</summary>
    internal static uint Hash(uint value) => KernelHash.Sip(value, PlaceKey, PlaceKey);

    private static uint Place(uint value) => Hash(value) % Slots;

    private RealServer? Fallback(uint client, uint slot)
    {
        for (uint step = 0; step < Slots; step++)
        {
            if (_slots[Place(client + ((slot + step) % Slots))] is { TakesConnections: true } server)
            {
                return server;
            }
        }

        return null;
    }

    public override void Reserve(int servers)
    {
        if (_turns.Length < servers)
        {
            _turns = new Turn[servers];
        }
    }

    private void Fill(ReadOnlySpan<RealServer> servers)
    {
        Array.Clear(_slots);
        Reserve(servers.Length);
        Span<Turn> turns = _turns.AsSpan(0, servers.Length);
        int filled = TakeTurns(servers, turns) ? 0 : Slots;
        for (int at = 0; filled < Slots; at = (at + 1) % turns.Length)
        {
            ref Turn turn = ref turns[at];
            for (int i = 0; i < turn.Count && filled < Slots; i++, filled++)
            {
                while (_slots[turn.Next] is not null)
                {
                    turn.Next = (turn.Next + turn.Skip) % Slots;
                }

                _slots[turn.Next] = servers[at];
            }
        }
    }

    /// <summary>False: nobody takes a slot.</summary>
    private static bool TakeTurns(ReadOnlySpan<RealServer> servers, Span<Turn> turns)
    {
        int divisor = 0;
        int highest = 0;
        foreach (RealServer server in servers)
        {
            divisor = Divisor.Greatest(server.LastWeight, divisor);
            highest = Math.Max(highest, server.LastWeight);
        }

        int shift = divisor == 0 ? 0 : Math.Max(0, 32 - BitOperations.LeadingZeroCount((uint)(highest / divisor)) - TurnBits);
        for (int i = 0; i < turns.Length; i++)
        {
            uint name = KernelHash.Fold(servers[i].Key.Address) + servers[i].Key.Port;
            int count = servers[i].LastWeight == 0 ? 0 : Math.Max(1, servers[i].LastWeight / divisor >> shift);
            turns[i] = new Turn(count, Place(name), (KernelHash.Sip(name, SkipKey, SkipKey) % (Slots - 1)) + 1);
        }

        return highest > 0;
    }

    /// <param name="Count">Slots that a server takes when its turn comes.</param>
    /// <param name="Next">Where in its permutation it stands.</param>
    /// <param name="Skip">From there to the next.</param>
    private record struct Turn(int Count, uint Next, uint Skip);
}
