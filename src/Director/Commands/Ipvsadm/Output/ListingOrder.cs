using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Ipvsadm.Output;

/// <summary>
/// The order in which ipvsadm lists: mark, family, protocol, address, port. It compares by subtracting 32-bit numbers, so what lies 2^31 apart
/// comes the other way round (fe80::1 before ::1); a merge sort, as in the C library, keeps even that without contradiction.
/// </summary>
internal static class ListingOrder
{
    private const int AddressFamilyInet = 2;
    private const int AddressFamilyInet6 = 10;

    public static List<ServiceListing> Services(IEnumerable<ServiceListing> services) => Merge([.. services], (a, b) => Compare(a.Service, b.Service));

    public static List<ServerListing> Servers(IEnumerable<ServerListing> servers) => Merge([.. servers], (a, b) => Compare(a.Server, b.Server));

    private static int Compare(VirtualServiceConfig a, VirtualServiceConfig b)
    {
        int byName = First(unchecked((int)(a.Mark - b.Mark)), Family(a.Address) - Family(b.Address), Number(a) - Number(b));
        return First(byName, Compare(a.Address, b.Address), a.Port - b.Port);
    }

    private static int Compare(RealServerConfig a, RealServerConfig b) => First(Compare(a.Address, b.Address), a.Port - b.Port);

    private static int Family(Ip address) => address.IsV4 ? AddressFamilyInet : AddressFamilyInet6;

    /// <summary>A mark's service has no protocol.</summary>
    private static int Number(VirtualServiceConfig service) => service.Mark != 0 ? 0 : (int)service.Protocol;

    /// <summary>Word by word; an IPv4 address has one word.</summary>
    private static int Compare(Ip a, Ip b) => Enumerable.Range(0, a.IsV4 ? 1 : 4).Select(i => unchecked((int)(Word(a, i) - Word(b, i)))).FirstOrDefault(d => d != 0);

    private static uint Word(Ip address, int index) => address.IsV4
        ? (index == 0 ? address.V4 : 0)
        : (uint)((index < 2 ? address.High : address.Low) >> (index % 2 == 0 ? 32 : 0));

    private static int First(params int[] differences) => differences.FirstOrDefault(d => d != 0);

    private static List<T> Merge<T>(List<T> items, Func<T, T, int> compare)
    {
        if (items.Count < 2)
        {
            return items;
        }

        List<T> left = Merge(items[..(items.Count / 2)], compare);
        List<T> right = Merge(items[(items.Count / 2)..], compare);
        List<T> merged = new(items.Count);
        int l = 0;
        int r = 0;
        while (l < left.Count || r < right.Count)
        {
            bool takeLeft = r == right.Count || (l < left.Count && compare(left[l], right[r]) <= 0);
            merged.Add(takeLeft ? left[l++] : right[r++]);
        }

        return merged;
    }
}
