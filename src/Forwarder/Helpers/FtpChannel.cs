using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// An FTP control connection (RFC 959, RFC 2428): reads the client's commands, opens what they ask for, and lets the server's replies name the virtual
/// address. Commands and replies are lines of a stream, wherever segments begin and end (docs/adr/0015-ftp-is-a-stream.md). A reply that was not
/// asked for changes nothing.
/// </summary>
internal sealed class FtpChannel(ConnectionTable connections, ExpectedConnections expected, HairpinListeners listeners, ForwarderCounters counters)
{
    private const ConnectionTraits Asks = ConnectionTraits.AsksPassive | ConnectionTraits.AsksExtendedPassive;
    private readonly FtpDialogues _dialogues = new(connections);
    private readonly StreamRewriting _rewriting = new();

    /// <summary>A segment of the client; its length may change. False: it must not go on (counted).</summary>
    public bool FromClient(Span<byte> frame, ref Packet packet, int slot, NetworkFacts facts, long now)
    {
        ref Flow flow = ref connections[slot];
        ReadOnlySpan<byte> payload = Payload(frame, in packet);
        if (!payload.IsEmpty && !SegmentChecksum.IsRight(frame, in packet))
        {
            return Refuse(DropReason.BadChecksum);
        }

        if (flow.State == ConnectionState.Established && !TryReadCommands(ref flow, slot, payload, packet.Sequence, facts, now))
        {
            return Refuse(DropReason.OutOfOrder);
        }

        int index = (flow.ServerShift.From | flow.ClientShift.From) == 0 ? _dialogues.Find(slot) : _dialogues.FindOrBegin(slot);
        ref FtpDialogue dialogue = ref _dialogues[index];
        FtpReplacements.Restore(ref dialogue, in flow);
        if (index != 0 && (packet.Flags & TcpFlags.Ack) != 0)
        {
            Reach(ref dialogue, in flow.Progress.ByServer, dialogue.Replies.Back(packet.Acknowledgement));
        }

        if (flow.ClientShift.From != 0)
        {
            return _rewriting.TryApply(frame, ref packet, in CommandsOf(index, in flow), in dialogue.Replies, facts.InternalMtu) || Refuse(DropReason.TooBig);
        }

        if (flow.IsShifted)
        {
            SequenceShifting.Apply(frame, in packet, in flow.ClientShift, in dialogue.Replies);
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
            _dialogues[found].Client.Reach(
                flow.ClientShift.From == 0 ? flow.ClientShift.Back(packet.Acknowledgement) : CommandsOf(found, in flow).Back(packet.Acknowledgement));
        }

        if (!flow.IsShifted && (flow.ServerShift.From | flow.ClientShift.From) == 0)
        {
            return true;
        }

        int index = _dialogues.FindOrBegin(slot);
        ref FtpDialogue dialogue = ref _dialogues[index];
        FtpReplacements.Restore(ref dialogue, in flow);
        bool moved = flow.ClientShift.From == 0
            ? _rewriting.TryApply(frame, ref packet, in dialogue.Replies, in flow.ClientShift, mtu)
            : _rewriting.TryApply(frame, ref packet, in dialogue.Replies, in CommandsOf(index, in flow), mtu);
        return moved || Refuse(DropReason.TooBig);
    }

    /// <summary>Of a hairpin client: what it says as the server reads it.</summary>
    private ref ReplacedStream CommandsOf(int index, in Flow flow)
    {
        ref ReplacedStream commands = ref _dialogues.CommandsOf(index);
        FtpReplacements.RestoreCommand(ref commands, in flow, flow.Announced == 0 ? (ushort)0 : connections[flow.Announced].GatewayPort);
        return ref commands;
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
    private bool TryReadCommands(ref Flow flow, int slot, ReadOnlySpan<byte> payload, uint sequence, NetworkFacts facts, long now)
    {
        int index = _dialogues.FindOrBegin(slot);
        ref HeldLine line = ref _dialogues[index].Client;
        int offset = line.Follow(sequence, payload.Length, out bool ahead);
        if (ahead && !payload.IsEmpty)
        {
            return false;
        }

        uint known = line.Next;
        for (ReadOnlySpan<byte> bytes = payload[offset..]; !bytes.IsEmpty;)
        {
            bytes = bytes[line.Take(bytes, out bool ended)..];
            if (ended)
            {
                Obey(ref flow, slot, index, FtpCommand.Read(line.Text, flow.Client.IsV4), known, facts, now);
                line.EndLine();
            }
        }

        return true;
    }

    /// <param name="known">Sequence number up to which the client's stream has already left.</param>
    private void Obey(ref Flow flow, int slot, int index, in FtpCommand command, uint known, NetworkFacts facts, long now)
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
                if (command.Address == flow.Client && TryRename(ref flow, slot, index, in command, known, facts, now, out ushort gatewayPort))
                {
                    expected.OpenActive(slot, command.Port, gatewayPort, now);
                }

                break;
        }
    }

    /// <summary>
    /// The server of a hairpin client sees the gateway address, and so must the command name it. False: nothing is to be opened; part of the address has
    /// left already, or a repeated command was obeyed before a takeover, or every port is taken.
    /// </summary>
    private bool TryRename(ref Flow flow, int slot, int index, in FtpCommand command, uint known, NetworkFacts facts, long now, out ushort gatewayPort)
    {
        gatewayPort = 0;
        if ((flow.Traits & ConnectionTraits.Hairpin) == 0)
        {
            return true;
        }

        uint line = _dialogues[index].Client.LineStart;
        uint start = line + (uint)command.AddressAt;
        if (flow.ClientShift.From != 0 && SequenceShift.IsBefore(start, flow.ClientShift.From))
        {
            return false;
        }

        bool whole = !SequenceShift.IsBefore(start, known);
        counters.CutCommands += whole ? 0 : 1;
        if (!whole || !listeners.TryChoose(in flow, command.Port, facts, now, out gatewayPort))
        {
            return false;
        }

        ref ReplacedStream commands = ref CommandsOf(index, in flow);
        Replacement made = FtpReplacements.OfCommand(line, in command, in flow, gatewayPort);
        commands.Add(in made);
        commands.Shift = flow.ClientShift = made.Shift;
        bool extended = command.Delimiter != FtpCommand.Comma;
        flow.Traits = extended ? flow.Traits | ConnectionTraits.ExtendedCommand : flow.Traits & ~ConnectionTraits.ExtendedCommand;
        connections.Log.Changed(slot);
        return true;
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
                dialogue.Replies.Add(in made);
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
