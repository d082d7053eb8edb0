using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// An FTP control connection (RFC 959, RFC 2428): reads the client's commands, opens what they ask for, and lets the server's replies name the virtual
/// address. Commands and replies are lines of a stream, wherever segments begin and end (docs/adr/0015-ftp-is-a-stream.md). A reply that was not
/// asked for changes nothing.
/// </summary>
internal sealed class FtpChannel(ConnectionTable connections, ExpectedConnections expected, ForwarderCounters counters)
{
    private const ConnectionTraits Asks = ConnectionTraits.AsksPassive | ConnectionTraits.AsksExtendedPassive;
    private readonly FtpDialogues _dialogues = new(connections);
    private readonly StreamRewriting _rewriting = new();

    /// <summary>A segment of the client. False: it must not go on (counted).</summary>
    public bool FromClient(Span<byte> frame, in Packet packet, int slot, long now)
    {
        ref Flow flow = ref connections[slot];
        ReadOnlySpan<byte> payload = Payload(frame, in packet);
        if (!payload.IsEmpty && !SegmentChecksum.IsRight(frame, in packet))
        {
            return Refuse(DropReason.BadChecksum);
        }

        if (flow.State == ConnectionState.Established && !TryReadCommands(ref flow, slot, payload, packet.Sequence, now))
        {
            return Refuse(DropReason.OutOfOrder);
        }

        int index = flow.ServerShift.From == 0 ? _dialogues.Find(slot) : _dialogues.FindOrBegin(slot);
        ref FtpDialogue dialogue = ref _dialogues[index];
        FtpReplacements.Restore(ref dialogue, in flow);
        if (index != 0 && (packet.Flags & TcpFlags.Ack) != 0)
        {
            Reach(ref dialogue, in flow.Progress.ByServer, dialogue.Back(packet.Acknowledgement));
        }

        if (flow.IsShifted)
        {
            SequenceShifting.Apply(frame, in packet, in flow.ClientShift, in dialogue);
        }

        return true;
    }

    /// <summary>A segment of the server; its length may change. False: it must not leave (counted).</summary>
    public bool FromServer(Span<byte> frame, ref Packet packet, int slot, int mtu, long now)
    {
        ref Flow flow = ref connections[slot];
        ReadOnlySpan<byte> payload = Payload(frame, in packet);
        if (!payload.IsEmpty && !SegmentChecksum.IsRight(frame, in packet))
        {
            return Refuse(DropReason.BadChecksum);
        }

        if (!payload.IsEmpty && !Follow(ref flow, slot, payload, packet.Sequence, now))
        {
            return Refuse(DropReason.OutOfOrder);
        }

        if ((packet.Flags & TcpFlags.Ack) != 0 && _dialogues.Find(slot) is int found and not 0)
        {
            _dialogues[found].Client.Reach(flow.ClientShift.Back(packet.Acknowledgement));
        }

        if (!flow.IsShifted && flow.ServerShift.From == 0)
        {
            return true;
        }

        int index = _dialogues.FindOrBegin(slot);
        ref FtpDialogue dialogue = ref _dialogues[index];
        FtpReplacements.Restore(ref dialogue, in flow);
        return _rewriting.TryApply(frame, ref packet, in dialogue, in flow.ClientShift, mtu) || Refuse(DropReason.TooBig);
    }

    /// <summary>Nobody acknowledges what was never sent: believed, it would let the next reply pass unread.</summary>
    private static void Reach(ref FtpDialogue dialogue, in TcpProgress server, uint acknowledged)
    {
        if (server.KnowsSent && !SequenceShift.IsBefore(server.Sent, acknowledged))
        {
            dialogue.Server.Reach(acknowledged);
        }
    }

    /// <summary>False: the segment came before its predecessor. A command in two halves can only be read in their order.</summary>
    private bool TryReadCommands(ref Flow flow, int slot, ReadOnlySpan<byte> payload, uint sequence, long now)
    {
        ref HeldLine line = ref _dialogues[_dialogues.FindOrBegin(slot)].Client;
        int offset = line.Follow(sequence, payload.Length, out bool ahead);
        if (ahead && !payload.IsEmpty)
        {
            return false;
        }

        ReadCommands(ref flow, slot, ref line, payload[offset..], now);
        return true;
    }

    private void ReadCommands(ref Flow flow, int slot, ref HeldLine line, ReadOnlySpan<byte> bytes, long now)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[line.Take(bytes, out bool ended)..];
            if (ended)
            {
                Obey(ref flow, slot, FtpCommand.Read(line.Text, flow.Client.IsV4), now);
                line.EndLine();
            }
        }
    }

    private void Obey(ref Flow flow, int slot, in FtpCommand command, long now)
    {
        switch (command.Verb)
        {
            case FtpVerb.Passive:
                Ask(ref flow, slot, ConnectionTraits.AsksPassive);
                break;
            case FtpVerb.ExtendedPassive:
                Ask(ref flow, slot, ConnectionTraits.AsksExtendedPassive);
                break;
            case FtpVerb.Active:
                Ask(ref flow, slot, ConnectionTraits.None);
                if (command.Address == flow.Client)
                {
                    expected.OpenActive(slot, command.Port, now);
                }

                break;
        }
    }

    /// <summary>What the client has asked for last, or nothing, travels to the standby: the answer may come after a takeover.</summary>
    private void Ask(ref Flow flow, int slot, ConnectionTraits what)
    {
        ConnectionTraits traits = (flow.Traits & ~Asks) | what;
        if (traits != flow.Traits)
        {
            flow.Traits = traits;
            connections.Log.Changed(slot);
        }
    }

    /// <summary>Reads on in the server's stream. False: the segment came before its predecessor, and an answer that is awaited may still move it.</summary>
    private bool Follow(ref Flow flow, int slot, ReadOnlySpan<byte> payload, uint sequence, long now)
    {
        bool awaited = (flow.Traits & Asks) != 0 && flow.State == ConnectionState.Established;
        int index = awaited ? _dialogues.FindOrBegin(slot) : _dialogues.Find(slot);
        if (index == 0)
        {
            return true;
        }

        ref FtpDialogue dialogue = ref _dialogues[index];
        if (!dialogue.Server.IsKnown && flow.ServerShift.From != 0 && SequenceShift.IsBefore(sequence, flow.ServerShift.From))
        {
            dialogue.Server.StartAt(flow.ServerShift.From);
        }

        int offset = dialogue.Server.Follow(sequence, payload.Length, out bool ahead);
        if (ahead && awaited)
        {
            return false;
        }

        if (!awaited)
        {
            dialogue.Server.StartAt((ahead ? sequence : dialogue.Server.Next) + (uint)(payload.Length - offset));
            return true;
        }

        ReadReplies(ref flow, slot, ref dialogue, payload[offset..], now);
        return true;
    }

    private void ReadReplies(ref Flow flow, int slot, ref FtpDialogue dialogue, ReadOnlySpan<byte> bytes, long now)
    {
        while (!bytes.IsEmpty && (flow.Traits & Asks) != 0)
        {
            uint known = dialogue.Server.Next;
            bytes = bytes[dialogue.Server.Take(bytes, out bool ended)..];
            bool extended = (flow.Traits & ConnectionTraits.AsksExtendedPassive) != 0;
            FtpReply reply = FtpReply.Read(dialogue.Server.Text, extended, flow.Client.IsV4);
            if (reply.Match != FtpMatch.None && FtpReplacements.TryMake(ref dialogue, in flow, in reply, extended, known, out Replacement made))
            {
                dialogue.Add(in made);
                flow.ServerShift = made.Shift;
                flow.Traits = extended ? flow.Traits | ConnectionTraits.BarsShift : flow.Traits & ~ConnectionTraits.BarsShift;
                connections.Log.Changed(slot);
            }

            if (reply.Match == FtpMatch.Complete)
            {
                Ask(ref flow, slot, ConnectionTraits.None);
                OpenNamed(in flow, slot, in reply, now);
            }

            if (ended || reply.Match == FtpMatch.Complete)
            {
                dialogue.Server.EndLine();
                dialogue.Begun = false;
            }
        }

        dialogue.Server.Skip(bytes.Length);
    }

    /// <summary>Only the server's own address, by its inside or its outside name: a reply cannot open a way to anybody else.</summary>
    private void OpenNamed(in Flow flow, int slot, in FtpReply reply, long now)
    {
        if (!reply.HasAddress || reply.Address == flow.Server || reply.Address == flow.Virtual)
        {
            expected.OpenPassive(slot, reply.Port, now);
        }
    }

    private static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> frame, in Packet packet) =>
        frame.Slice(packet.Transport + packet.TransportHeaderBytes, packet.TransportBytes - packet.TransportHeaderBytes);

    private bool Refuse(DropReason reason)
    {
        counters.Drop(reason);
        return false;
    }
}
