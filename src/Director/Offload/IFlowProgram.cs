using HaLvs.Forwarder.Offload;
using HaLvs.Linux.Offload;

namespace HaLvs.Director.Offload;

/// <summary>The kernel program's tables as the director fills them; tests have a double.</summary>
internal interface IFlowProgram : IOffloadCache
{
    /// <summary>Both directions of each flow, with counters that begin at zero. Returns how many of the first were taken: the table is full behind them.</summary>
    int Insert(ReadOnlySpan<FlowEntry> flows);

    /// <summary>Both directions; one that is not there is no error.</summary>
    void Remove(ReadOnlySpan<FlowEntry> flows);

    /// <summary>Every flow.</summary>
    void Clear();

    /// <summary>Null: not valid, packets that would go there come to the user path.</summary>
    void SetNextHop(int index, OffloadNextHop? hop);

    /// <summary>The program forwards until then (CLOCK_MONOTONIC), and not a packet longer.</summary>
    void Renew(TimeSpan until);

    /// <summary>The program forwards nothing from the moment that this returns.</summary>
    void Stop();
}

/// <summary>A flow as the kernel program keeps it.</summary>
/// <param name="Order">Its ends and its slot.</param>
/// <param name="ToServer">Next hop of the client's packets.</param>
/// <param name="ToClient">Next hop of the server's packets.</param>
internal readonly record struct FlowEntry(OffloadChange Order, int ToServer, int ToClient);
