using HaLvs.Heartbeat.Wire;

namespace HaLvs.Heartbeat;

/// <summary>The heartbeat node: <see cref="Step"/> and <see cref="Tick"/> in, an ordered list of effects out. One loop thread owns it.</summary>
public sealed class NodeMachine
{
    /// <param name="config">Validated; throws ArgumentException when a promise could not be kept with it.</param>
    /// <param name="incarnation">Already durable.</param>
    /// <param name="epoch">Highest epoch found on disk.</param>
    /// <param name="keys">Cluster keys: signs with the first, accepts any.</param>
    /// <param name="now">Monotonic, any origin.</param>
    public NodeMachine(NodeMachineConfig config, Incarnation incarnation, ulong epoch, IReadOnlyList<byte[]> keys, TimeSpan now) => throw new NotImplementedException();

    /// <summary>Takes one input. The returned list is reused by the next call.</summary>
    public IReadOnlyList<NodeEffect> Step(NodeInput input, TimeSpan now) => throw new NotImplementedException();

    /// <summary>Time has passed. Call at least every interval / 4.</summary>
    public IReadOnlyList<NodeEffect> Tick(TimeSpan now) => throw new NotImplementedException();

    /// <summary>Directly before a device is told to power off: still silent on every link, still the same request? (I4)</summary>
    public bool MayFire(ulong request, TimeSpan now) => throw new NotImplementedException();

    public NodeStatus Status(TimeSpan now) => throw new NotImplementedException();
}
