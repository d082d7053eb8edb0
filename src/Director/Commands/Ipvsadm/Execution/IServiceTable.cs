using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Commands.Ipvsadm.Execution;

/// <summary>The table that ipvsadm works on: a director behind its control socket, or a forwarding core in a test.</summary>
internal interface IServiceTable
{
    /// <summary>All changes in order, as one: no packet, no listing and no standby sees a state in between. One outcome for each; a failed one does not stop the others.</summary>
    /// <exception cref="OperatorException">Nothing was changed: there is no director, or it does not take changes now.</exception>
    Task<IReadOnlyList<ChangeOutcome>> ApplyAsync(IReadOnlyList<ServiceChange> changes, CancellationToken cancel);

    Task<TableContents> ReadAsync(CancellationToken cancel);

    IAsyncEnumerable<ConnectionRecord> ConnectionsAsync(CancellationToken cancel);
}
