namespace HaLvs.Forwarder.Connections;

/// <summary>Which tuple and which chain link an index uses. Static, so that the JIT writes one index class per side without calls.</summary>
internal interface IFlowSide
{
    static abstract FlowTuple TupleOf(in Flow flow);

    static abstract bool Matches(in Flow flow, in FlowTuple tuple);

    static abstract ref int Next(ref Flow flow);
}

/// <summary>Packets from outside: (client, virtual address).</summary>
internal readonly struct OutsideSide : IFlowSide
{
    public static FlowTuple TupleOf(in Flow flow) => new(flow.OutsideProtocol, flow.Client, flow.ClientPort, flow.Virtual, flow.VirtualPort);

    public static bool Matches(in Flow flow, in FlowTuple tuple) =>
        flow.ClientPort == tuple.FarPort && flow.VirtualPort == tuple.NearPort && flow.Client == tuple.Far
        && flow.Virtual == tuple.Near && flow.OutsideProtocol == tuple.Protocol;

    public static ref int Next(ref Flow flow) => ref flow.OutsideNext;
}

/// <summary>Packets from inside: (client as the server sees it, real server).</summary>
internal readonly struct InsideSide : IFlowSide
{
    public static FlowTuple TupleOf(in Flow flow) => new(flow.InsideProtocol, flow.ClientInside, flow.ClientPortInside, flow.Server, flow.ServerPort);

    public static bool Matches(in Flow flow, in FlowTuple tuple) =>
        flow.ServerPort == tuple.NearPort && flow.ClientPortInside == tuple.FarPort && flow.ClientInside == tuple.Far
        && flow.Server == tuple.Near && flow.InsideProtocol == tuple.Protocol;

    public static ref int Next(ref Flow flow) => ref flow.InsideNext;
}
