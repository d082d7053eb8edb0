using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Tests.Lab;
using HaLvs.Linux;
using HaLvs.Linux.Offload;
using HaLvs.Linux.Packets;
using HaLvs.Linux.Tests.Offload;

namespace HaLvs.Director.Tests.Offload;

/// <summary>A forwarding core and the offload program beside it, whose maps follow the core's change log packet by packet.</summary>
internal sealed class OffloadMirror : IDisposable
{
    private const ConnectionTraits Read = ConnectionTraits.Ftp | ConnectionTraits.Tftp | ConnectionTraits.AnyClientPort
        | ConnectionTraits.AnyServerPort | ConnectionTraits.OnePacket;
    private const int Flows = 4096;
    private readonly OffloadProgram _program = OffloadProgram.Load(new OffloadLimits(Flows, Flows, Flows));
    private readonly Dictionary<ConnectionKey, (ConnectionRecord Record, OffloadFlow Flow)> _offloaded = [];
    private readonly List<ConnectionKey> _keys = [];
    private readonly Stack<uint> _slots = new(Enumerable.Range(1, Flows - 1).Select(i => (uint)i));
    private readonly ConnectionChange[] _changes = new ConnectionChange[64];
    private readonly OffloadOutcome[] _outcome = new OffloadOutcome[1];

    public OffloadMirror()
    {
        Director = new TestDirector(o => o with
        {
            Masquerade = true,
            Inside = (Ip.Parse("10.0.0.0"), 24),
            InsideV6 = (Ip.Parse("fd00::"), 64),
            Gateway = Ip.Parse("10.0.0.1"),
            GatewayV6 = Ip.Parse("fd00::1"),
        });
        Director.Core.EnableChangeLog(true);
        Tc = new ProgramTrial(_program, OffloadMode.Tc);
        Xdp = new ProgramTrial(_program, OffloadMode.Xdp);
        _program.Open(ProgramTrial.InterfaceIndex, default, OffloadSides.Both);
        _program.SetXdp(1, true);
        for (int hop = 0; hop < 2; hop++)
            _program.SetNextHop(hop, new OffloadNextHop(1, new HardwareAddress(2), new HardwareAddress(3), 1500));
        _program.Renew(MonotonicClock.Now + TimeSpan.FromHours(1));
    }

    public TestDirector Director { get; }

    public ProgramTrial Tc { get; }

    public ProgramTrial Xdp { get; }

    public int Count => _keys.Count;

    public OffloadStatistics Statistics => _program.Statistics();

    public ConnectionRecord this[int index] => _offloaded[_keys[index]].Record;

    /// <summary>Every flow that the core holds open without a helper, and no other.</summary>
    public void Follow()
    {
        int count;
        while ((count = Director.Core.TakeChanges(_changes, Director.Now)) > 0)
        {
            foreach (ref readonly ConnectionChange change in _changes.AsSpan(0, count))
                Follow(in change);
        }
    }

    public void Dispose() => _program.Dispose();

    private void Follow(in ConnectionChange change)
    {
        ConnectionRecord record = change.Record;
        if (record.Kind == ConnectionKind.Template)
            return;
        if (_offloaded.Remove(record.Key, out (ConnectionRecord, OffloadFlow Flow) old))
        {
            Assert.Equal(1, _program.Remove([old.Flow]));
            _keys.Remove(record.Key);
            _slots.Push(old.Flow.Slot);
        }

        if (change.Kind == ConnectionChangeKind.Delete || !IsSteady(in record))
            return;
        OffloadFlow flow = FlowOf(in record, _slots.Pop());
        _program.Insert([flow], _outcome);
        if (_outcome[0] != OffloadOutcome.Inserted)
        {
            Assert.Equal((OffloadOutcome.Unsuitable, TransportProtocol.Sctp), (_outcome[0], record.Protocol));
            _slots.Push(flow.Slot);
            return;
        }

        _offloaded.Add(record.Key, (record, flow));
        _keys.Add(record.Key);
    }

    private static bool IsSteady(in ConnectionRecord record) =>
        record.State is ConnectionState.Established or ConnectionState.Udp or ConnectionState.SctpEstablished
        && (record.Traits & Read) == 0 && record.WindowShift == 0 && record.ClientShift == default && record.ServerShift == default;

    private static OffloadFlow FlowOf(in ConnectionRecord record, uint slot)
    {
        bool hairpin = (record.Traits & ConnectionTraits.Hairpin) != 0;
        OffloadTuple outside = new(Number(record.Client), Number(record.Virtual), record.ClientPort, record.VirtualPort);
        OffloadTuple inside = new(
            Number(hairpin ? record.Gateway : record.Client), Number(record.Server), hairpin ? record.GatewayPort : record.ClientPort, record.ServerPort);
        return new OffloadFlow((byte)record.Protocol, slot, outside, inside, 0, 1);
    }

    private static UInt128 Number(Ip address) => new(address.High, address.Low);
}
