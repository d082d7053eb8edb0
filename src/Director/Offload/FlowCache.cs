using HaLvs.Director.Loops;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Offload;

namespace HaLvs.Director.Offload;

/// <summary>
/// Carries the core's orders out on the kernel program. One thread, the forward loop's: orders are taken under the data plane's gate and carried out in their
/// order before the next packet is read, so that no entry outlives its connection.
/// </summary>
internal sealed class FlowCache(DataPlane dataPlane, IFlowProgram program, NextHops hops)
{
    /// <summary>Packets of a client before its flow is given: a short request and its answer end sooner, and would cost more to give than they save.</summary>
    public const int AfterPackets = 8;

    private const int Batch = 256;

    private readonly OffloadChange[] _orders = new OffloadChange[Batch];
    private readonly FlowEntry[] _entries = new FlowEntry[Batch];
    private long _serversVersion = -1;
    private volatile bool _again = true;

    /// <summary>Flows that found the program's table full.</summary>
    public long Refused { get; private set; }

    /// <summary>The ways to clients have changed: every flow is to be given anew. Any thread.</summary>
    public void GiveAnew() => _again = true;

    /// <summary>The kernel program is given up: every flow is the core's again. The thread of <see cref="Work"/>.</summary>
    public void GiveUp()
    {
        lock (dataPlane.Gate)
            dataPlane.Core.UseOffload(null);
    }

    /// <summary>Call after each batch of packets and at each tick, without the gate.</summary>
    public void Work()
    {
        ForwardingCore core = dataPlane.Core;
        if (core.OffloadServersVersion != _serversVersion)
            TakeServers();
        if (_again || core.OffloadLogOverflowed)
            Restart();
        while (core.HasOffloadChanges && CarryOut() == Batch)
        {
        }
    }

    private void TakeServers()
    {
        IReadOnlyList<OffloadServer> servers;
        lock (dataPlane.Gate)
        {
            _serversVersion = dataPlane.Core.OffloadServersVersion;
            servers = dataPlane.Core.OffloadServers();
        }

        hops.SetServers(servers);
    }

    private void Restart()
    {
        _again = false;
        GiveUp();
        program.Clear();
        lock (dataPlane.Gate)
            dataPlane.Core.UseOffload(program, AfterPackets);
    }

    private int CarryOut()
    {
        int count;
        lock (dataPlane.Gate)
            count = dataPlane.Core.TakeOffloadChanges(_orders);
        for (int from = 0; from < count;)
        {
            int to = from;
            while (to < count && _orders[to].Kind == _orders[from].Kind)
                to++;
            if (_orders[from].Kind == OffloadChangeKind.Install)
                Install(_orders.AsSpan(from, to - from));
            else
                Remove(_orders.AsSpan(from, to - from));
            from = to;
        }

        return count;
    }

    private void Install(ReadOnlySpan<OffloadChange> orders)
    {
        for (int i = 0; i < orders.Length; i++)
            _entries[i] = EntryOf(in orders[i]);
        int taken = program.Insert(_entries.AsSpan(0, orders.Length));
        if (taken == orders.Length)
            return;
        Refused += orders.Length - taken;
        lock (dataPlane.Gate)
        {
            foreach (ref readonly OffloadChange refused in orders[taken..])
                dataPlane.Core.OffloadRefused(in refused, DataPlane.Now);
        }
    }

    private void Remove(ReadOnlySpan<OffloadChange> orders)
    {
        for (int i = 0; i < orders.Length; i++)
            _entries[i] = new FlowEntry(orders[i], NextHops.None, NextHops.None);
        program.Remove(_entries.AsSpan(0, orders.Length));
    }

    private FlowEntry EntryOf(in OffloadChange order)
    {
        int toServer = order.ServerSlot != 0 ? hops.OfServer(order.ServerSlot) : hops.Of(order.Record.Client, order.Record.Server);
        return new FlowEntry(order, toServer, hops.Of(order.Record.Virtual, order.Record.Client));
    }
}
