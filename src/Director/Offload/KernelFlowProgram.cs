using HaLvs.Director.Loops;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Linux;
using HaLvs.Linux.Offload;

namespace HaLvs.Director.Offload;

/// <summary>The core's orders in the words of the kernel program (src/Linux/Offload).</summary>
internal sealed class KernelFlowProgram(OffloadProgram program) : IFlowProgram
{
    private OffloadFlow[] _flows = [];
    private OffloadOutcome[] _outcomes = [];

    public long LastSeen(int slot) =>
        program.Traffic[slot].SilentFor(MonotonicClock.Now) is { } silent ? DataPlane.Now - (long)silent.TotalMilliseconds : 0;

    public Forwarder.Offload.OffloadTraffic TakeTraffic(int slot)
    {
        Linux.Offload.OffloadTraffic taken = program.TakeTraffic(slot);
        return new Forwarder.Offload.OffloadTraffic(
            taken.PacketsFromOutside, (long)taken.BytesFromOutside, taken.PacketsFromInside, (long)taken.BytesFromInside);
    }

    public int Insert(ReadOnlySpan<FlowEntry> flows)
    {
        ReadOnlySpan<OffloadFlow> translated = Translated(flows);
        program.Insert(translated, _outcomes);
        int taken = 0;
        while (taken < flows.Length && _outcomes[taken] is OffloadOutcome.Inserted or OffloadOutcome.Unsuitable)
            taken++;

        // Behind the first that found no room others of another family may have found some.
        for (int i = taken; i < flows.Length; i++)
        {
            if (_outcomes[i] == OffloadOutcome.Inserted)
                program.Remove(translated.Slice(i, 1));
        }

        return taken;
    }

    public void Remove(ReadOnlySpan<FlowEntry> flows) => program.Remove(Translated(flows));

    public void Clear() => program.Clear();

    public void SetNextHop(int index, OffloadNextHop? hop)
    {
        if (hop is { } known)
            program.SetNextHop(index, in known);
        else
            program.ClearNextHop(index);
    }

    public void Renew(TimeSpan until) => program.Renew(until);

    public void Stop() => program.Stop();

    private ReadOnlySpan<OffloadFlow> Translated(ReadOnlySpan<FlowEntry> flows)
    {
        if (_flows.Length < flows.Length)
            (_flows, _outcomes) = (new OffloadFlow[flows.Length], new OffloadOutcome[flows.Length]);
        for (int i = 0; i < flows.Length; i++)
            _flows[i] = Translated(in flows[i]);
        return _flows.AsSpan(0, flows.Length);
    }

    private static OffloadFlow Translated(in FlowEntry entry)
    {
        ConnectionRecord record = entry.Order.Record;
        UInt128 client = Number(record.Client);
        return new OffloadFlow(
            (byte)record.Protocol, (uint)entry.Order.Slot,
            new OffloadTuple(client, Number(record.Virtual), record.ClientPort, record.VirtualPort),
            new OffloadTuple(client, Number(record.Server), record.ClientPort, record.ServerPort),
            (ushort)entry.ToServer, (ushort)entry.ToClient);
    }

    private static UInt128 Number(Ip address) => new(address.High, address.Low);
}
