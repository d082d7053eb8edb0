using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>Sets of servers by number, from 1; each a list with the member that joined last at its head. Set 0 is empty. All memory is taken once.</summary>
internal sealed class ServerSets(int sets)
{
    private const int MembersPerSet = 2;
    private readonly Set[] _sets = new Set[sets + 1];
    private readonly Member[] _members = new Member[(sets * MembersPerSet) + 1];
    private int _highWater;
    private int _free;

    /// <summary>True: nobody can join any set.</summary>
    public bool IsFull => _free == 0 && _highWater == _members.Length - 1;

    public int Size(int set) => _sets[set].Size;

    /// <summary>When somebody joined or left last, in milliseconds.</summary>
    public long LastChange(int set) => _sets[set].LastChange;

    /// <summary>The member that may be picked with the smallest overhead by weight, or null.</summary>
    public RealServer? LeastLoaded(int set)
    {
        RealServer? least = null;
        for (int at = _sets[set].First; at != 0; at = _members[at].Next)
        {
            RealServer server = _members[at].Server!;
            if (server is { IsConfigured: true, TakesConnections: true } && (least is null || WeightedLeastConnection.IsLess(server, least)))
            {
                least = server;
            }
        }

        return least;
    }

    /// <summary>Lets the member with the largest overhead by weight go. Quiesced ones are not looked at, removed and overloaded ones are.</summary>
    public void RemoveMostLoaded(int set, long now)
    {
        RealServer? most = null;
        for (int at = _sets[set].First; at != 0; at = _members[at].Next)
        {
            RealServer server = _members[at].Server!;
            most = server.Weight > 0 && (most is null || WeightedLeastConnection.IsLess(most, server)) ? server : most;
        }

        if (most is not null)
        {
            Remove(set, most);
            _sets[set].LastChange = now;
        }
    }

    /// <summary>Only while there is room. A member stays where it is.</summary>
    public void Add(int set, RealServer server, long now)
    {
        if (IsFull || Has(set, server))
        {
            return;
        }

        int member = _free != 0 ? _free : ++_highWater;
        _free = _free != 0 ? _members[member].Next : 0;
        _members[member] = new Member { Server = server, Next = _sets[set].First };
        _sets[set] = new Set { First = member, Size = _sets[set].Size + 1, LastChange = now };
    }

    public void Clear(int set)
    {
        while (_sets[set].First != 0)
        {
            Free(ref _sets[set].First);
        }

        _sets[set] = default;
    }

    /// <summary>Puts this object in the place of another that stands for the same server.</summary>
    public void Replace(RealServer server)
    {
        foreach (ref Member member in _members.AsSpan(1, _highWater))
        {
            member.Server = member.Server?.Key == server.Key ? server : member.Server;
        }
    }

    private bool Has(int set, RealServer server)
    {
        int at = _sets[set].First;
        while (at != 0 && _members[at].Server != server)
        {
            at = _members[at].Next;
        }

        return at != 0;
    }

    private void Remove(int set, RealServer server)
    {
        ref int link = ref _sets[set].First;
        while (_members[link].Server != server)
        {
            link = ref _members[link].Next;
        }

        Free(ref link);
        _sets[set].Size--;
    }

    private void Free(ref int link)
    {
        int member = link;
        link = _members[member].Next;
        _members[member] = new Member { Next = _free };
        _free = member;
    }

    private struct Set
    {
        public int First;
        public int Size;
        public long LastChange;
    }

    private struct Member
    {
        public RealServer? Server;
        public int Next;
    }
}
