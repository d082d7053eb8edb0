using System.Runtime.CompilerServices;
using HaLvs.Director.Commands.Ipvsadm.Execution;
using HaLvs.Director.Runtime;
using HaLvs.Director.Tests.Runtime;
using HaLvs.Forwarder;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Tests.Commands.Ipvsadm;

/// <summary>ipvsadm's table directly on a forwarding core.</summary>
internal sealed class CoreServiceTable(ForwardingCore core, Func<long> now) : IServiceTable
{
    private readonly CoreChanges _changes = new(core, new RecordedNetwork());

    /// <summary>Transactions so far.</summary>
    public int Transactions { get; private set; }

    public Task<IReadOnlyList<ChangeOutcome>> ApplyAsync(IReadOnlyList<ServiceChange> changes, CancellationToken cancel)
    {
        Transactions++;
        return Task.FromResult<IReadOnlyList<ChangeOutcome>>([.. changes.Select(c => _changes.Apply(c, now()))]);
    }

    public Task<TableContents> ReadAsync(CancellationToken cancel) =>
        Task.FromResult(new TableContents(core.ListServices(), core.Options.Timeouts, [.. _changes.Daemons], core.Options.Capacity));

    public async IAsyncEnumerable<ConnectionRecord> ConnectionsAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        ConnectionRecord[] page = new ConnectionRecord[64];
        int cursor = 0;
        int count;
        while ((count = core.CopyConnections(ref cursor, page, now())) > 0)
        {
            foreach (ConnectionRecord record in page[..count])
            {
                yield return await Task.FromResult(record);
            }
        }
    }
}
