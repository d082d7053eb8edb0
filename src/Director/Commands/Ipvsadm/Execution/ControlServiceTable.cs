using System.Runtime.CompilerServices;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;
using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Commands.Ipvsadm.Execution;

/// <summary>The table of a running director, behind its control socket.</summary>
internal sealed class ControlServiceTable(ControlClient client, string operatorName, TextWriter error) : IServiceTable
{
    public async Task<IReadOnlyList<ChangeOutcome>> ApplyAsync(IReadOnlyList<ServiceChange> changes, CancellationToken cancel)
    {
        ChangeServicesRequest request = new() { Operator = operatorName };
        request.Changes.AddRange(changes.Select(ServiceControl.ToMessage));
        ChangeServicesReply reply = await client.ChangeServicesAsync(request, cancel);
        if (reply.HasWarning)
        {
            await error.WriteLineAsync($"ipvsadm: warning: {reply.Warning}"); // Done all the same: the exit status stays.
        }

        return reply.HasRefusal ? throw new OperatorException(reply.Refusal) : [.. reply.Outcomes.Select(o => (ChangeOutcome)o)];
    }

    public async Task<TableContents> ReadAsync(CancellationToken cancel) => ServiceControl.FromReply(await client.ListServicesAsync(cancel));

    public async IAsyncEnumerable<ConnectionRecord> ConnectionsAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (Connection connection in client.ConnectionsAsync(new ConnectionsRequest(), cancel))
        {
            yield return ConnectionTranslation.FromReply(connection);
        }
    }
}
