using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// Tells a packet that its receiver will take for one of the association from one that it must discard (RFC 9260 sections 8.5 and 8.5.1), and learns the
/// tags by which it can. Nobody outside the path knows them. What is not known is not held against a packet.
/// </summary>
internal static class SctpTracking
{
    /// <summary>True when the receiver will believe this packet; then what it says of tags has been learnt.</summary>
    /// <param name="changed">The agreed tags are others now: the standby must know.</param>
    public static bool Observe(in Packet packet, ref Flow flow, bool fromClient, out bool changed)
    {
        ref SctpTags tags = ref flow.Progress.Tags;
        Sides sides = fromClient
            ? new Sides(ref tags.Client, ref tags.Server, ref tags.OfferedByClient, ref tags.OfferedByServer)
            : new Sides(ref tags.Server, ref tags.Client, ref tags.OfferedByServer, ref tags.OfferedByClient);
        changed = false;
        if (!IsBelieved(in packet, in sides))
        {
            return false;
        }

        (uint client, uint server) = (tags.Client, tags.Server);
        bool settingUp = flow.State < ConnectionState.SctpEstablished;
        switch (packet.SctpEvent)
        {
            case SctpEvent.Init:
                Offer(packet.InitiateTag, settingUp, in sides);
                sides.OfferedByOther = 0; // Not answered yet.
                break;
            case SctpEvent.InitAck:
                Offer(packet.InitiateTag, settingUp, in sides);
                sides.OfferedByOther = packet.VerificationTag;
                break;
            case SctpEvent.CookieEcho when packet.VerificationTag == sides.OfferedByOther:
                Agree(in sides);
                break;
        }

        changed = (client, server) != (tags.Client, tags.Server);
        return true;
    }

    /// <summary>Only an INIT carries 0.</summary>
    private static bool IsBelieved(in Packet packet, in Sides sides) =>
        (packet.VerificationTag == 0) == (packet.SctpEvent == SctpEvent.Init) && FitsItsEvent(in packet, in sides);

    private static bool FitsItsEvent(in Packet packet, in Sides sides) => packet.SctpEvent switch
    {
        SctpEvent.Init => packet.InitiateTag != 0,
        SctpEvent.InitAck => packet.InitiateTag != 0 && IsKnownOrOffered(packet.VerificationTag, in sides),
        SctpEvent.CookieEcho => IsKnownOrOffered(packet.VerificationTag, in sides),
        SctpEvent.Abort or SctpEvent.ShutdownComplete => IsEnding(in packet, in sides),
        _ => packet.VerificationTag == sides.Other || sides.Other == 0,
    };

    private static bool IsKnownOrOffered(uint tag, in Sides sides) => tag == sides.Other || tag == sides.OfferedByOther || sides.Other == 0;

    /// <summary>
    /// What ends an association carries its receiver's tag; with the T bit the sender has none and sends back its own, which the packet that it
    /// answers carried. Before the sender has told a tag of its own it can answer nothing but an INIT: with what that offered.
    /// </summary>
    private static bool IsEnding(in Packet packet, in Sides sides)
    {
        if ((sides.Own | sides.Other) == 0)
        {
            return true;
        }

        uint tag = packet.VerificationTag;
        return packet.SctpReflected ? tag == sides.Own : tag == sides.Other || (sides.Own == 0 && tag == sides.OfferedByOther);
    }

    /// <summary>The first one counts at once. A later one is a retransmission's, a restart's or a forger's: only a cookie tells (section 5.2.4).</summary>
    private static void Offer(uint tag, bool settingUp, in Sides sides)
    {
        sides.OfferedByOwn = tag;
        sides.Own = settingUp && sides.Own == 0 ? tag : sides.Own;
    }

    private static void Agree(in Sides sides)
    {
        sides.Other = sides.OfferedByOther;
        sides.Own = sides.OfferedByOwn != 0 ? sides.OfferedByOwn : sides.Own;
    }

    /// <summary>The tags as the sender of a packet sees them.</summary>
    private readonly ref struct Sides(ref uint own, ref uint other, ref uint offeredByOwn, ref uint offeredByOther)
    {
        public readonly ref uint Own = ref own;
        public readonly ref uint Other = ref other;
        public readonly ref uint OfferedByOwn = ref offeredByOwn;
        public readonly ref uint OfferedByOther = ref offeredByOther;
    }
}
