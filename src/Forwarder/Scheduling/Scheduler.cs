using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// Chooses a real server for a new connection. One instance per virtual service, with its own state. Servers come newest first; the picks equal
/// those of the kernel's scheduler of the same name (reference: net/netfilter/ipvs, records in tests/golden/ipvs/schedulers).
/// </summary>
internal abstract class Scheduler
{
    protected SchedulerOptions Options { get; private set; }

    /// <summary>Flags of the service. They may change while it works and keep its state, as in the kernel; only the hashing schedulers look at them.</summary>
    public void SetOptions(SchedulerOptions options) => Options = options;

    /// <summary>
    /// What it keeps follows from the list of servers alone, however that came about: several changes in a row may be told as one <see cref="Start"/>.
    /// </summary>
    public virtual bool FollowsFromList => false;

    /// <summary>Takes memory for so many servers, so that a <see cref="Start"/> on the packet path takes none.</summary>
    public virtual void Reserve(int servers)
    {
    }

    /// <summary>The server that <see cref="Pick"/> would return now, without a change of state.</summary>
    public abstract RealServer? Peek(ReadOnlySpan<RealServer> servers, in NewConnection connection);

    /// <summary>The server, or null when none may take a connection. Never allocates.</summary>
    public virtual RealServer? Pick(ReadOnlySpan<RealServer> servers, in NewConnection connection) => Peek(servers, in connection);

    /// <summary>The scheduler takes over a service that has servers already.</summary>
    public virtual void Start(ReadOnlySpan<RealServer> servers)
    {
    }

    /// <summary>The first of these is new.</summary>
    public virtual void ServerAdded(ReadOnlySpan<RealServer> servers)
    {
    }

    /// <summary>The server that stood at <paramref name="index"/> is gone from these.</summary>
    public virtual void ServerRemoved(int index, ReadOnlySpan<RealServer> servers)
    {
    }

    /// <summary>Weight or thresholds of the server at <paramref name="index"/> were set, to other values or the same.</summary>
    public virtual void ServerEdited(int index, ReadOnlySpan<RealServer> servers)
    {
    }

    /// <summary>Servers that start slowly took a step.</summary>
    public virtual void SharesChanged(ReadOnlySpan<RealServer> servers)
    {
    }
}
