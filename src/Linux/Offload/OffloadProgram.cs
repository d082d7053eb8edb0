using HaLvs.Linux.Interop;
using HaLvs.Linux.Packets;

namespace HaLvs.Linux.Offload;

/// <summary>
/// The kernel's cache of established flows: the program (nat.bpf.c) and its maps. It forwards only what was inserted, only on interfaces to which it is
/// attached, and only until the lease ends; whatever it does not know goes the user path. Nothing else inserts or deletes.
/// One thread at a time, but for <see cref="Renew"/>, <see cref="Stop"/>, <see cref="Traffic"/> and <see cref="Statistics"/>, which any thread may call.
/// Disposing it detaches nothing: dispose the attachments first; an attachment that a dead process left behind forwards until the lease ends.
/// </summary>
public sealed class OffloadProgram : IDisposable
{
    private readonly OffloadDescriptors _descriptors;
    private readonly FlowMap4 _flows4;
    private readonly FlowMap6 _flows6;
    private readonly BpfMap<uint, NatPort> _ports;
    private readonly BpfMap<uint, ulong> _reasons;
    private readonly NextHops _nextHops;
    private readonly MappedArray<OffloadTraffic> _traffic;
    private readonly MappedArray<NatControl> _control;
    private readonly HashSet<int> _xdpInterfaces = [];
    private readonly int _slots;

    private OffloadProgram(OffloadDescriptors descriptors, int slots)
    {
        _descriptors = descriptors;
        _slots = slots;
        _flows4 = new FlowMap4(descriptors.Flows4);
        _flows6 = new FlowMap6(descriptors.Flows6);
        _ports = new BpfMap<uint, NatPort>(descriptors.Ports);
        _reasons = new BpfMap<uint, ulong>(descriptors.Reasons);
        _nextHops = new NextHops(descriptors.NextHops);
        _traffic = new MappedArray<OffloadTraffic>(descriptors.Counters, slots);
        _control = new MappedArray<NatControl>(descriptors.Control, 1);
        _control.Values[0].layout = OffloadAbi.NAT_LAYOUT;
    }

    /// <summary>Next hops have indices below this.</summary>
    public const int NextHopCount = OffloadAbi.NAT_NEXT_HOPS;

    /// <summary>By <see cref="OffloadFlow.Slot"/>: shared memory, no system call. Not to be used after this is disposed.</summary>
    public ReadOnlySpan<OffloadTraffic> Traffic => _traffic.Values;

    internal FlowMap4 Flows4 => _flows4;

    internal FlowMap6 Flows6 => _flows6;

    internal FileDescriptor Program(OffloadMode mode) => mode == OffloadMode.Tc ? _descriptors.Tc : _descriptors.Xdp;

    /// <summary>Gives the program to the kernel and makes its maps, empty and without a lease.</summary>
    /// <exception cref="OffloadException">There is no offload on this machine.</exception>
    public static OffloadProgram Load(in OffloadLimits limits)
    {
        OffloadDescriptors descriptors = OffloadObject.Load(in limits);
        try
        {
            return new OffloadProgram(descriptors, Math.Max(limits.Slots, 1));
        }
        catch (LinuxException refused)
        {
            descriptors.Dispose();
            throw new OffloadException(OffloadRefusal.Rejected, refused.Message);
        }
    }

    /// <summary>
    /// Serves an interface of the calling thread's network namespace. Replaces what an earlier life of ours left there; never another's program.
    /// The interface's address is read now: call again when it changes. Until then its packets go the user path.
    /// </summary>
    /// <exception cref="OffloadException">Not on this interface.</exception>
    public OffloadAttachment Attach(int interfaceIndex, OffloadMode mode, OffloadSides sides)
    {
        HardwareAddress own = InterfaceFacts.HardwareAddressOf(interfaceIndex);
        OffloadAttachment attachment = mode == OffloadMode.Tc
            ? TcAttachment.Attach(this, interfaceIndex)
            : XdpAttachment.Attach(this, interfaceIndex);
        Open(interfaceIndex, own, sides);
        SetXdp(interfaceIndex, mode == OffloadMode.Xdp);
        return attachment;
    }

    /// <summary>Forwarding is allowed until then, a time of <see cref="MonotonicClock"/>. One store to shared memory.</summary>
    public void Renew(TimeSpan until) => SetLease(until <= TimeSpan.Zero ? 0 : (ulong)(until.Ticks * TimeSpan.NanosecondsPerTick));

    /// <summary>No packet that arrives from now on is forwarded.</summary>
    public void Stop() => SetLease(0);

    /// <summary>Re-points every flow that uses the index, at once.</summary>
    public void SetNextHop(int index, in OffloadNextHop hop) => _nextHops.Set(index, in hop, _xdpInterfaces.Contains(hop.InterfaceIndex));

    /// <summary>The flows that use the index go the user path.</summary>
    public void ClearNextHop(int index) => _nextHops.Clear(index);

    /// <summary>
    /// Both directions of each, the way back first; the slot's traffic begins at zero. A flow is removed before another with the same tuple is inserted.
    /// Returns how many went in; <paramref name="outcomes"/> says which.
    /// </summary>
    public int Insert(ReadOnlySpan<OffloadFlow> flows, Span<OffloadOutcome> outcomes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outcomes.Length, flows.Length);
        int inserted = 0;
        for (int at = 0; at < flows.Length;)
        {
            int count = Run(flows[at..]);
            InsertRun(flows.Slice(at, count), outcomes.Slice(at, count));
            inserted += outcomes.Slice(at, count).Count(OffloadOutcome.Inserted);
            at += count;
        }

        return inserted;
    }

    /// <summary>Both directions of each, the way forth first; those that are not there are passed over. Returns how many were there.</summary>
    /// <exception cref="LinuxException">The kernel keeps an entry: <see cref="Stop"/> and give the offload up.</exception>
    public int Remove(ReadOnlySpan<OffloadFlow> flows)
    {
        int removed = 0;
        for (int at = 0; at < flows.Length;)
        {
            int count = Run(flows[at..]);
            ReadOnlySpan<OffloadFlow> run = flows.Slice(at, count);
            removed += !run[0].IsPossible ? 0 : run[0].IsV4 ? _flows4.Remove(run) : _flows6.Remove(run);
            at += count;
        }

        return removed;
    }

    /// <summary>Removes every flow. Next hops and interfaces stay.</summary>
    /// <exception cref="LinuxException">As of <see cref="Remove"/>.</exception>
    public void Clear()
    {
        _flows4.Entries.Clear();
        _flows6.Entries.Clear();
    }

    /// <summary>What the program counted for this slot since the last call, which begins at zero again; nothing is lost in between.</summary>
    public OffloadTraffic TakeTraffic(int slot) => OffloadTraffic.Take(ref _traffic.Values[slot]);

    /// <summary>Summed over the CPUs; a system call for each reason.</summary>
    public OffloadStatistics Statistics()
    {
        ulong[] packets = new ulong[OffloadAbi.NAT_REASONS];
        ulong[] perCpu = new ulong[LibBpf.libbpf_num_possible_cpus()];
        for (uint reason = 0; reason < packets.Length; reason++)
        {
            if (!_reasons.TryRead(reason, perCpu))
                continue;
            foreach (ulong count in perCpu)
                packets[reason] += count;
        }

        return new OffloadStatistics(packets);
    }

    /// <summary>The lease ends first: a program that stays attached passes everything.</summary>
    public void Dispose()
    {
        Stop();
        _flows4.Dispose();
        _flows6.Dispose();
        _ports.Dispose();
        _reasons.Dispose();
        _nextHops.Dispose();
        _traffic.Dispose();
        _control.Dispose();
        _descriptors.Dispose();
    }

    internal unsafe void Open(int interfaceIndex, HardwareAddress own, OffloadSides sides)
    {
        NatPort port = new() { sides = (ushort)sides };
        own.Write(new Span<byte>(port.address, HardwareAddress.Bytes));
        if (_ports.Update([(uint)interfaceIndex], [port], out int errno) == 0)
            throw new LinuxException($"serve interface {interfaceIndex}", errno, $"At most {OffloadAbi.NAT_PORTS} interfaces are served.");
    }

    internal void Close(int interfaceIndex)
    {
        _ports.Delete([(uint)interfaceIndex]);
        SetXdp(interfaceIndex, false);
    }

    internal void SetXdp(int interfaceIndex, bool takesXdp)
    {
        if (takesXdp ? _xdpInterfaces.Add(interfaceIndex) : _xdpInterfaces.Remove(interfaceIndex))
            _nextHops.SetXdp(interfaceIndex, takesXdp);
    }

    private void SetLease(ulong until) => Volatile.Write(ref _control.Values[0].lease_until, until);

    /// <summary>How many flows from the first on go into the same map, or into none.</summary>
    private int Run(ReadOnlySpan<OffloadFlow> flows)
    {
        int count = 1;
        while (count < Math.Min(flows.Length, FlowMap4.Chunk) && Kind(in flows[count]) == Kind(in flows[0]))
            count++;
        return count;
    }

    private int Kind(in OffloadFlow flow)
    {
        bool possible = flow.IsPossible && flow.Slot < _slots && Math.Max(flow.InsideHop, flow.OutsideHop) < NextHopCount;
        return !possible ? 0 : flow.IsV4 ? 4 : 6;
    }

    private void InsertRun(ReadOnlySpan<OffloadFlow> run, Span<OffloadOutcome> outcomes)
    {
        int kind = Kind(in run[0]);
        if (kind == 0)
        {
            outcomes.Fill(OffloadOutcome.Unsuitable);
            return;
        }

        foreach (ref readonly OffloadFlow flow in run)
            _traffic.Values[(int)flow.Slot] = default;
        if (kind == 4)
            _flows4.Insert(run, outcomes);
        else
            _flows6.Insert(run, outcomes);
    }
}
