using HaLvs.Forwarder.Packets;

namespace HaLvs.Forwarder.Connections;

/// <summary>Between a flow in the table and the record that travels.</summary>
internal static class FlowRecord
{
    public static ConnectionRecord Of(in Flow flow, uint remainingMilliseconds) => new(
        flow.Kind, flow.Protocol, flow.Client, flow.ClientPort, flow.Virtual, flow.VirtualPort, flow.Server, flow.ServerPort, flow.State,
        remainingMilliseconds)
    {
        Traits = flow.Traits,
        Mark = flow.Mark,
        ServicePort = flow.ServicePort,
        ConfiguredPort = flow.ConfiguredPort,
        ControlClientPort = flow.ControlClientPort,
        ControlVirtualPort = flow.ControlVirtualPort,
        ClientShift = flow.ClientShift,
        ServerShift = flow.ServerShift,
        Gateway = flow.Gateway,
        GatewayPort = flow.GatewayPort,
        WindowShift = flow.WindowShift,
        ClientTag = flow.Protocol == TransportProtocol.Sctp ? flow.Progress.Tags.Client : 0,
        ServerTag = flow.Protocol == TransportProtocol.Sctp ? flow.Progress.Tags.Server : 0,
    };

    public static FlowTuple OutsideTuple(in ConnectionRecord record) =>
        new(FlowTuple.OutsideProtocolOf(record.Kind, record.Traits, record.Protocol), record.Client, record.ClientPort, record.Virtual, record.VirtualPort);

    /// <summary>The time-out of these is not their state's but what they were made with.</summary>
    public static bool HasOwnTimeout(in ConnectionRecord record) =>
        record.Kind == ConnectionKind.Template || (record.Traits & ConnectionTraits.OnePacket) != 0;

    public static void Fill(ref Flow flow, in ConnectionRecord record)
    {
        flow.Kind = record.Kind;
        flow.Protocol = record.Protocol;
        flow.OutsideProtocol = FlowTuple.OutsideProtocolOf(record.Kind, record.Traits, record.Protocol);
        flow.InsideProtocol = FlowTuple.InsideProtocolOf(record.Kind, record.Traits, record.Protocol);
        flow.Client = record.Client;
        flow.ClientPort = record.ClientPort;
        flow.Virtual = record.Virtual;
        flow.VirtualPort = record.VirtualPort;
        flow.Server = record.Server;
        flow.ServerPort = record.ServerPort;
        flow.State = record.State;
        flow.Mark = record.Mark;
        flow.ServicePort = record.ServicePort;
        flow.ConfiguredPort = record.ConfiguredPort;
        flow.ControlClientPort = record.ControlClientPort;
        flow.ControlVirtualPort = record.ControlVirtualPort;
        flow.Gateway = record.Gateway;
        flow.GatewayPort = record.GatewayPort;
        FillMutable(ref flow, in record);
    }

    /// <summary>What changes while a connection lives, its state and timer aside.</summary>
    public static void FillMutable(ref Flow flow, in ConnectionRecord record)
    {
        flow.Traits = record.Traits;
        bool answered = (record.Traits & ConnectionTraits.Answered) != 0;
        flow.Marks = answered ? flow.Marks | FlowMarks.Answered : flow.Marks & ~FlowMarks.Answered;
        flow.ClientShift = record.ClientShift;
        flow.ServerShift = record.ServerShift;
        flow.WindowShift = record.WindowShift;
        if (flow.Protocol == TransportProtocol.Sctp)
        {
            (flow.Progress.Tags.Client, flow.Progress.Tags.Server) = (record.ClientTag, record.ServerTag);
        }
    }
}
