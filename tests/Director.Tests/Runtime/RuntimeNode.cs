using HaLvs.Director.Configuration;
using HaLvs.Director.Control;
using HaLvs.Director.Loops;
using HaLvs.Director.Reports;
using HaLvs.Director.Runtime;
using HaLvs.Director.Sync.V1;
using HaLvs.Director.Tests.Configuration;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Packets;
using HaLvs.Forwarder.Services;
using HaLvs.Forwarder.Tests.Lab;
using ServiceChange = HaLvs.Director.Runtime.ServiceChange;

namespace HaLvs.Director.Tests.Runtime;

/// <summary>
/// A director's service table with its core, disk and clock, for tests: 192.0.2.100:80/tcp with 10.0.0.3 (weight 1) and 10.0.0.2 (weight 2), persistent.
/// </summary>
internal sealed class RuntimeNode : IDisposable
{
    public const string WebName = "192.0.2.100:80/tcp";
    public static readonly ServiceKey Web = new(TransportProtocol.Tcp, Ip.Parse("192.0.2.100"), 80);
    private readonly bool _own;
    private readonly byte[] _frame = new byte[ForwardingCore.FrameBytes];

    public RuntimeNode(TemporaryFolder? folder = null, IMachineNetwork? network = null, TimeProvider? time = null, DirectorModel? file = null)
    {
        (Folder, _own) = (folder ?? new TemporaryFolder(), folder is null);
        Plane = new DataPlane(new ForwardingCore(new ForwardingCoreOptions { Capacity = 256, VirtualAddresses = [Ip.Parse("192.0.2.100")] }));
        Services = new RuntimeServices(file ?? Model, Plane, Folder.Root, network ?? new RecordedNetwork(), Events, time ?? TimeProvider.System);
    }

    public static DirectorModel Model { get; } = WithWeb(Example.Model(Example.Text));

    public TemporaryFolder Folder { get; }

    public DataPlane Plane { get; }

    public EventLog Events { get; } = new(TimeProvider.System);

    public RuntimeServices Services { get; }

    public string[] Alarms => [.. Past().Where(e => e.Severity == HaLvs.Heartbeat.EventSeverity.Alarm).Select(e => e.Text)];

    public void Dispose()
    {
        Events.Dispose();
        if (_own)
        {
            Folder.Dispose();
        }
    }

    /// <summary>A client's SYN through the core; says which server took it: "10.0.0.3".</summary>
    public string Open(string client)
    {
        byte[] syn = Wire.Tcp(client, "192.0.2.100:80", "S");
        syn.CopyTo(_frame, ForwardingCore.VirtioHeaderBytes);
        lock (Plane.Gate)
        {
            int length = Plane.Core.Process(_frame, ForwardingCore.VirtioHeaderBytes + syn.Length, DataPlane.Now);
            return length == 0 ? "" : string.Join('.', _frame.AsSpan(ForwardingCore.VirtioHeaderBytes + 16, 4).ToArray());
        }
    }

    /// <summary>What the forward loop does about every 100 ms.</summary>
    public void Tick()
    {
        lock (Plane.Gate)
        {
            Plane.Core.Tick(DataPlane.Now);
            while (Plane.Core.Work(DataPlane.Now))
            {
            }

            while (Plane.Core.TakePending(_frame) > 0)
            {
            }
        }
    }

    public ServerSnapshot? Server(string address)
    {
        lock (Plane.Gate)
        {
            return Plane.Core.SnapshotServices().Where(s => s.Key == Web).SelectMany(s => s.Servers).FirstOrDefault(s => s.Address == Ip.Parse(address));
        }
    }

    public Task<ChangeReport> WeightAsync(string address, int weight) =>
        Services.ChangeAsync([new ServiceChange.EditServer(Web, new RealServerConfig(Ip.Parse(address), 80, weight))], "alice", default);

    public Task<OperationOutcome> DrainAsync(string address, TimeSpan deadline, bool remove, IProgress<string>? progress = null, CancellationToken cancel = default) =>
        Services.DrainAsync(WebName, $"{address}:80", deadline, remove, "alice", progress ?? new Progress<string>(), cancel);

    /// <summary>The peer's table arrives, over the wire's bytes.</summary>
    public void Hear(RuntimeNode active, ulong epoch = 3) =>
        Services.Adopt(RuntimeState.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(active.Services.ToMessage(epoch))), () => { });

    public DirectorEvent[] Past() => [.. Events.ReadAsync(false, default).ToBlockingEnumerable()];

    private static DirectorModel WithWeb(DirectorModel model) => model with
    {
        Services = [.. model.Services.Where(s => s.Key == Web).Select(s => s with { Scheduler = "rr", Persistence = new PersistenceConfig(TimeSpan.FromMinutes(6), uint.MaxValue) })],
    };
}
