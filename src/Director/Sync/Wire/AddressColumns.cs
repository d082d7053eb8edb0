using System.Buffers.Binary;
using Google.Protobuf;
using HaLvs.Director.Sync.V1;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Director.Sync.Wire;

/// <summary>Addresses of one column: 4 bytes each while all are IPv4, otherwise 16.</summary>
internal static class AddressColumns
{
    private const int Ipv6Bytes = 16;

    /// <summary>Fills the column; <paramref name="scratch"/> holds at least 16 bytes per address.</summary>
    public static void Write(AddressColumn column, ReadOnlySpan<Ip> addresses, Span<byte> scratch)
    {
        column.V4.Clear();
        column.V6 = ByteString.Empty;
        foreach (Ip address in addresses)
        {
            if (!address.IsV4)
            {
                WriteWide(column, addresses, scratch);
                return;
            }

            column.V4.Add(address.V4);
        }
    }

    /// <summary>Throws unless the column is empty or holds exactly this many addresses in exactly one of its two forms.</summary>
    public static void Check(AddressColumn? column, int count, string name)
    {
        int narrow = column?.V4.Count ?? 0;
        int wide = column?.V6.Length ?? 0;
        bool fits = (narrow == 0 || narrow == count) && (wide == 0 || wide == count * Ipv6Bytes) && (narrow == 0 || wide == 0);
        if (!fits) throw new SyncProtocolException($"column {name} has {narrow} IPv4 addresses and {wide} bytes of IPv6 for {count} records");
    }

    /// <summary>Address <paramref name="index"/> of a checked column; an empty one holds 0.0.0.0.</summary>
    public static Ip Read(AddressColumn? column, int index)
    {
        if (column is null) return Ip.FromV4(0);
        if (column.V6.IsEmpty) return Ip.FromV4(column.V4.Count == 0 ? 0 : column.V4[index]);
        ReadOnlySpan<byte> bytes = column.V6.Span.Slice(index * Ipv6Bytes, Ipv6Bytes);
        return new Ip(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    private static void WriteWide(AddressColumn column, ReadOnlySpan<Ip> addresses, Span<byte> scratch)
    {
        column.V4.Clear();
        for (int i = 0; i < addresses.Length; i++)
        {
            Span<byte> bytes = scratch.Slice(i * Ipv6Bytes, Ipv6Bytes);
            BinaryPrimitives.WriteUInt64BigEndian(bytes, addresses[i].High);
            BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], addresses[i].Low);
        }

        column.V6 = ByteString.CopyFrom(scratch[..(addresses.Length * Ipv6Bytes)]);
    }
}
