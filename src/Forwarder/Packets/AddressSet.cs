using System.Numerics;

namespace HaLvs.Forwarder.Packets;

/// <summary>A small immutable set of addresses for one look per packet: open addressing, at most a quarter full.</summary>
internal sealed class AddressSet
{
    private readonly Ip[] _slots;
    private readonly bool[] _used;

    public AddressSet(IEnumerable<Ip> addresses)
    {
        Ip[] distinct = [.. addresses.Distinct()];
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)(distinct.Length * 4) | 4);
        _slots = new Ip[size];
        _used = new bool[size];
        foreach (Ip address in distinct)
        {
            int place = Place(address);
            while (_used[place])
            {
                place = (place + 1) & (size - 1);
            }

            (_slots[place], _used[place]) = (address, true);
        }
    }

    public bool Contains(Ip address)
    {
        for (int place = Place(address); _used[place]; place = (place + 1) & (_slots.Length - 1))
        {
            if (_slots[place] == address)
            {
                return true;
            }
        }

        return false;
    }

    private int Place(Ip address) => (int)(((address.High ^ address.Low) * 0x9e37_79b9_7f4a_7c15) >> 40) & (_slots.Length - 1);
}
