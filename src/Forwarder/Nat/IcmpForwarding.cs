using System.Buffers.Binary;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Nat;

/// <summary>
/// ICMP and ICMPv6 in both directions: echo to a virtual address is answered, errors follow the connection that they quote with both headers translated
/// (RFC 5508, RFC 4443), pings of inside hosts are masqueraded. What belongs to nothing is dropped, so that no inside address shows.
/// </summary>
internal sealed class IcmpForwarding(ConnectionTable connections, ServerRegistry servers, Masquerade masquerade, ForwarderCounters counters)
{
    public int FromOutside(Span<byte> frame, ref Packet packet, long now)
    {
        if (!IsIntact(frame, in packet))
        {
            return Drop(DropReason.BadIcmp);
        }

        return MeaningOf(frame, in packet) switch
        {
            IcmpMeaning.Echo => AnswerEcho(frame, in packet),
            IcmpMeaning.EchoReply => ReplyToInside(frame, ref packet, now),
            IcmpMeaning.Error when !packet.IsFragment => ErrorToInside(frame, in packet, now),
            _ => Drop(DropReason.BadIcmp),
        };
    }

    /// <summary>Returns -1 when the packet is none of ours.</summary>
    public int FromInside(Span<byte> frame, ref Packet packet, NetworkFacts facts, long now)
    {
        IcmpMeaning meaning = MeaningOf(frame, in packet);
        if (meaning == IcmpMeaning.Error && !packet.IsFragment)
        {
            return ErrorToOutside(frame, in packet, facts, now);
        }

        if (meaning == IcmpMeaning.Echo && facts.Masquerades(packet.Source, packet.Destination))
        {
            return IsIntact(frame, in packet) ? EchoToOutside(frame, ref packet, facts, now) : Drop(DropReason.BadIcmp);
        }

        return facts.Masquerades(packet.Source, packet.Destination) ? Drop(DropReason.NoConnection) : -1;
    }

    private static IcmpMeaning MeaningOf(ReadOnlySpan<byte> frame, in Packet packet) =>
        packet.TransportBytes >= PacketParser.IcmpHeaderBytes ? IcmpMeanings.Of(packet.Protocol, frame[packet.Transport]) : IcmpMeaning.Other;

    /// <summary>
    /// The kernel drops ICMP with a wrong checksum; nothing here claims a partial one. Of a first fragment the sum cannot be judged: what is wrong stays
    /// wrong, because it is only ever updated.
    /// </summary>
    private static bool IsIntact(ReadOnlySpan<byte> frame, in Packet packet) =>
        packet.TransportBytes >= PacketParser.IcmpHeaderBytes && !packet.PartialChecksum && packet.SegmentBytes == 0
        && (packet.IsFragment
            || InternetChecksum.Sum(frame.Slice(packet.Transport, packet.TransportBytes), Pseudo(frame, in packet)) == ushort.MaxValue);

    /// <summary>ICMPv6 sums a pseudo header (RFC 4443 section 2.3), ICMP does not.</summary>
    private static ulong Pseudo(ReadOnlySpan<byte> frame, in Packet packet) =>
        packet.IsV6 ? InternetChecksum.PseudoHeader(frame, TransportProtocol.IcmpV6, packet.TransportBytes) : 0;

    private int AnswerEcho(Span<byte> frame, in Packet packet)
    {
        Translation.SourceAddressOnly(frame, packet.Destination);
        Translation.DestinationAddressOnly(frame, packet.Source); // The pseudo header's sum stays: the addresses change places.
        if (!packet.IsV6)
        {
            AllowFragments(frame);
        }

        Translation.SetHops(frame, IpHeader.TimeToLive);
        byte reply = packet.IsV6 ? IcmpV6Type.EchoReply : IcmpType.EchoReply;
        ushort typeAndCode = (ushort)((reply << 8) | frame[packet.Transport + 1]);
        Update(frame, in packet, Translation.ReplaceWord(frame[packet.Transport..], typeAndCode));
        VirtioHeader.Clear(frame);
        counters.AnsweredPackets++;
        return packet.FrameLength;
    }

    /// <summary>An answer may be fragmented on its way back, as the kernel's.</summary>
    private static void AllowFragments(Span<byte> frame)
    {
        Span<byte> field = frame[(ForwardingCore.VirtioHeaderBytes + 6)..];
        ushort cleared = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(field) & 0x3fff);
        Translation.UpdateHeader(frame, Translation.ReplaceWord(field, cleared));
    }

    private int EchoToOutside(Span<byte> frame, ref Packet packet, NetworkFacts facts, long now)
    {
        packet.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(frame[(packet.Transport + 4)..]);
        packet.DestinationPort = 0;
        int slot = connections.FindInside(new FlowTuple(packet.Protocol, packet.Destination, 0, packet.Source, packet.SourcePort), now);
        if (slot == 0)
        {
            slot = masquerade.Open(in packet, facts, ConnectionState.IcmpQuery, now, out DropReason reason);
            if (slot == 0)
            {
                return Drop(reason);
            }

            counters.NewConnections++;
        }

        connections.Advance(slot, ConnectionState.IcmpQuery, now);
        ref Flow flow = ref connections[slot];
        uint delta = Translation.SourceAddressOnly(frame, flow.Virtual);
        return SendQuery(frame, in packet, flow.VirtualPort, delta, outward: true);
    }

    private int ReplyToInside(Span<byte> frame, ref Packet packet, long now)
    {
        ushort identifier = BinaryPrimitives.ReadUInt16BigEndian(frame[(packet.Transport + 4)..]);
        int slot = connections.FindOutside(new FlowTuple(packet.Protocol, packet.Source, 0, packet.Destination, identifier), now);
        if (slot == 0)
        {
            return Drop(DropReason.NoConnection);
        }

        connections.Advance(slot, ConnectionState.IcmpQuery, now);
        ref Flow flow = ref connections[slot];
        uint delta = Translation.DestinationAddressOnly(frame, flow.Server);
        return SendQuery(frame, in packet, flow.ServerPort, delta, outward: false);
    }

    private int SendQuery(Span<byte> frame, in Packet packet, ushort identifier, uint addressDelta, bool outward)
    {
        uint delta = Translation.ReplaceWord(frame[(packet.Transport + 4)..], identifier);
        Update(frame, in packet, packet.IsV6 ? delta + addressDelta : delta);
        return Send(frame, in packet, outward);
    }

    private int ErrorToInside(Span<byte> frame, in Packet packet, long now)
    {
        int slot = Quote.TryRead(frame, in packet, out Quote quote) ? connections.FindOutside(quote.OutsideTuple(), now) : 0;
        if (slot == 0)
        {
            return Drop(DropReason.NoConnection);
        }

        ref Flow flow = ref connections[slot];
        if (flow.ServerSlot != 0 && !servers[flow.ServerSlot].IsConfigured)
        {
            return Drop(DropReason.NoServer);
        }

        QuoteTranslation.Source(frame, in quote, flow.Server, flow.ServerPort);
        QuoteTranslation.Sequence(frame, in quote, in flow.ServerShift);
        Translation.DestinationAddressOnly(frame, flow.Server);
        if ((flow.Traits & ConnectionTraits.Hairpin) != 0)
        {
            QuoteTranslation.Destination(frame, in quote, flow.Gateway, flow.GatewayPort);
            Translation.SourceAddressOnly(frame, flow.Gateway);
        }

        WriteIcmpChecksum(frame, in packet);
        return Send(frame, in packet, outward: false);
    }

    /// <summary>Any inside host may complain (a router behind which the server stands): the error leaves as the virtual address's.</summary>
    private int ErrorToOutside(Span<byte> frame, in Packet packet, NetworkFacts facts, long now)
    {
        int slot = Quote.TryRead(frame, in packet, out Quote quote) ? connections.FindInside(quote.InsideTuple(), now) : 0;
        if (slot == 0)
        {
            return facts.IsOurs(packet.Source) || facts.IsOurs(quote.Destination) ? Drop(DropReason.NoConnection) : -1;
        }

        if (!IsIntact(frame, in packet))
        {
            return Drop(DropReason.BadIcmp);
        }

        ref Flow flow = ref connections[slot];
        QuoteTranslation.Destination(frame, in quote, flow.Virtual, flow.VirtualPort);
        QuoteTranslation.Sequence(frame, in quote, in flow.ClientShift);
        Translation.SourceAddressOnly(frame, flow.Virtual);
        if ((flow.Traits & ConnectionTraits.Hairpin) != 0)
        {
            QuoteTranslation.Source(frame, in quote, flow.Client, flow.ClientPort);
            Translation.DestinationAddressOnly(frame, flow.Client);
        }

        WriteIcmpChecksum(frame, in packet);
        return Send(frame, in packet, outward: true);
    }

    private int Send(Span<byte> frame, in Packet packet, bool outward)
    {
        Translation.GiveBackHop(frame);
        counters.Carried(packet.TotalBytes, outward);
        return packet.FrameLength;
    }

    private static void WriteIcmpChecksum(Span<byte> frame, in Packet packet)
    {
        Span<byte> message = frame.Slice(packet.Transport, packet.TransportBytes);
        message.Slice(2, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~InternetChecksum.Sum(message, Pseudo(frame, in packet)));
    }

    /// <summary>
    /// Of a whole message anew: an update cannot tell the two zeros of one's complement apart, and a reply of nothing but zeros needs the other one.
    /// </summary>
    private static void Update(Span<byte> frame, in Packet packet, uint delta)
    {
        if (!packet.IsFragment)
        {
            WriteIcmpChecksum(frame, in packet);
            return;
        }

        Span<byte> field = frame[(packet.Transport + 2)..];
        BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), delta));
    }

    private int Drop(DropReason reason)
    {
        counters.Drop(reason);
        return 0;
    }
}
