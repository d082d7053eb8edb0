using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Nat;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Sending;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Fragments;

/// <summary>
/// Fragments in any order, each translated by itself, nothing put together (docs/adr/0013). The first fragment has the ports and takes all steps of the
/// pipeline; what became of its addresses becomes of the others'. Those that come before it are held and leave behind it as pending frames.
/// </summary>
internal sealed class FragmentForwarding(FlowHash hash, PendingFrames pending, IcmpErrors errors, ForwarderCounters counters)
{
    /// <summary>Times of RFC 1122 section 3.3.2 (the kernel's) and of RFC 8200 section 4.5.</summary>
    private const long Lifetime4 = 30_000;
    private const long Lifetime6 = 60_000;

    private readonly FragmentMemory _v4 = new(1024, 256, Lifetime4, hash, counters);
    private readonly FragmentMemory _v6 = new(512, 256, Lifetime6, hash, counters);

    /// <summary>For tests: nothing is left over when all is over.</summary>
    public int Entries => _v4.Count + _v6.Count;

    public int FreeBlocks => _v4.FreeBlocks + _v6.FreeBlocks;

    /// <summary>
    /// Entry of a first fragment, which is to take the steps now; <see cref="Decide"/> follows. 0 for all others: they are done with, and
    /// <paramref name="length"/> is what the pipeline returns.
    /// </summary>
    public int Enter(Span<byte> frame, in Packet packet, int mtu, long now, out int length)
    {
        length = 0;
        if (TouchesTransportHeader(in packet))
        {
            counters.Drop(DropReason.FragmentTiny);
            return 0;
        }

        FragmentMemory memory = MemoryOf(in packet);
        int entry = memory.Enter(in packet, now, out DropReason refused);
        if (entry == 0)
        {
            counters.Drop(refused);
        }
        else if (!packet.IsFirstFragment)
        {
            length = Later(frame, in packet, memory, entry, mtu, now);
            entry = 0;
        }

        return entry;
    }

    /// <summary>The first fragment has taken the steps: the rest of the datagram follows it, beginning with what was held.</summary>
    /// <param name="length">What the pipeline returned for the first fragment; the result is what is to leave.</param>
    /// <param name="answered">The core answered instead of carrying it.</param>
    public int Decide(int entry, ReadOnlySpan<byte> frame, in Packet packet, int length, bool answered, RealServer? server, int mtu)
    {
        FragmentMemory memory = MemoryOf(in packet);
        ref FragmentEntry known = ref memory[entry];
        if (length > 0 && !answered && NeedsWholePacket(frame, in packet))
        {
            counters.Drop(DropReason.FragmentRefused);
            length = 0;
        }

        (known.Source, known.Destination) = length > 0 ? AddressesOf(frame) : default;
        known.Fate = FateOf(in known, in packet, length, answered);
        known.Server = server;
        Span<byte> held;
        while (!(held = memory.TakeHeld(entry)).IsEmpty)
        {
            SendHeld(held, in known, in packet, mtu);
        }

        memory.RemoveIfComplete(entry);
        return length;
    }

    /// <summary>The CRC of SCTP covers the ports and all that follows: with a new port no piece is right without the others.</summary>
    private static bool NeedsWholePacket(ReadOnlySpan<byte> frame, in Packet packet) =>
        packet.Protocol == TransportProtocol.Sctp
        && (BinaryPrimitives.ReadUInt16BigEndian(frame[packet.Transport..]) != packet.SourcePort
            || BinaryPrimitives.ReadUInt16BigEndian(frame[(packet.Transport + 2)..]) != packet.DestinationPort);

    public void Tick(long now)
    {
        _v4.Tick(now);
        _v6.Tick(now);
    }

    /// <summary>RFC 1858 section 3, RFC 3128: what overwrites ports or flags is not let near a receiver.</summary>
    private static bool TouchesTransportHeader(in Packet packet)
    {
        int header = packet.Protocol switch
        {
            TransportProtocol.Tcp => PacketParser.MinimumHeaderBytes,
            TransportProtocol.Sctp => SctpChunks.CommonHeaderBytes + SctpChunks.ChunkHeaderBytes,
            _ => 0,
        };
        return packet.FragmentOffsetBytes != 0 && packet.FragmentOffsetBytes < header;
    }

    private int Later(Span<byte> frame, in Packet packet, FragmentMemory memory, int entry, int mtu, long now)
    {
        ref FragmentEntry known = ref memory[entry];
        if (known.Fate == FragmentFate.Waiting)
        {
            if (!memory.TryHold(entry, frame[..packet.FrameLength]))
            {
                counters.Drop(DropReason.FragmentsFull);
            }

            return 0;
        }

        int length = 0;
        if (known.Fate is FragmentFate.Refused)
        {
            counters.Drop(DropReason.FragmentRefused);
        }
        else if (known.Fate == FragmentFate.Translated && packet.DontFragment && packet.TotalBytes > mtu)
        {
            counters.Drop(DropReason.TooBig);
            Ip router = known.Source == packet.Source ? packet.Destination : known.Source;
            length = errors.Write(frame, in packet, router, IcmpType.Unreachable, IcmpType.FragmentationNeeded, (ushort)Math.Min(mtu, ushort.MaxValue), now);
            counters.AnsweredPackets += length > 0 ? 1 : 0;
        }
        else
        {
            Follow(frame, in known, packet.TotalBytes);
            length = packet.FrameLength;
        }

        memory.RemoveIfComplete(entry);
        return length;
    }

    private void SendHeld(Span<byte> frame, in FragmentEntry known, in Packet first, int mtu)
    {
        int bytes = frame.Length - ForwardingCore.VirtioHeaderBytes;
        if (known.Fate == FragmentFate.Refused)
        {
            counters.Drop(DropReason.FragmentRefused);
        }
        else if (known.Fate == FragmentFate.Translated && first.DontFragment && bytes > mtu)
        {
            counters.Drop(DropReason.TooBig);
        }
        else
        {
            Follow(frame, in known, bytes);
            if (!pending.TryAdd(frame))
            {
                counters.Drop(DropReason.FragmentsFull);
            }
        }
    }

    private void Follow(Span<byte> frame, in FragmentEntry known, int bytes)
    {
        if (known.Fate == FragmentFate.Passed)
        {
            counters.PassedPackets++;
            return;
        }

        Translation.SourceAddressOnly(frame, known.Source);
        Translation.DestinationAddressOnly(frame, known.Destination);
        if (known.Fate == FragmentFate.Echoed)
        {
            Translation.SetHops(frame, IpHeader.TimeToLive);
            counters.AnsweredPackets++;
            return;
        }

        Translation.GiveBackHop(frame);
        bool outward = known.Destination == known.Key.Destination;
        counters.Carried(bytes, outward);
        known.Server?.Carried(bytes, outward);
    }

    private static FragmentFate FateOf(in FragmentEntry known, in Packet packet, int length, bool answered)
    {
        if (length == 0 || (answered && !packet.IsIcmp))
        {
            return FragmentFate.Refused;
        }

        bool same = known.Source == packet.Source && known.Destination == packet.Destination;
        return answered ? FragmentFate.Echoed : same ? FragmentFate.Passed : FragmentFate.Translated;
    }

    private static (Ip Source, Ip Destination) AddressesOf(ReadOnlySpan<byte> frame)
    {
        Packet left = default;
        PacketParser.ParseNetwork(frame, ref left);
        return (left.Source, left.Destination);
    }

    private FragmentMemory MemoryOf(in Packet packet) => packet.IsV6 ? _v6 : _v4;
}
