using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Director.Commands.Ipvsadm.Output;
using HaLvs.Director.Commands.Ipvsadm.Parsing;
using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Ipvsadm.Execution;

/// <summary>
/// ipvsadm from its words to its exit status. Changes are collected and sent as one transaction: a whole restore is one, unless it has listings in it,
/// which must show what stands before them.
/// </summary>
internal sealed class IpvsadmProgram(IServiceTable table, INameSource names, TextReader input, TextWriter output, TextWriter error)
{
    private const int Failed = 255;

    /// <summary>What to do and what to say, in order; a complaint stands where its line stood.</summary>
    private readonly List<(ServiceChange? Change, string? Complaint)> _waiting = [];

    /// <returns>0, 1 for a listing of a missing service, 2 for wrong usage, 255 for what the table or the option reader refused.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> words, CancellationToken cancel)
    {
        try
        {
            return await CarryOutAsync(words.Count == 0 ? ["-L"] : words, cancel);
        }
        catch (OperatorException refusal)
        {
            await error.WriteLineAsync(refusal.Message);
            return Failed;
        }
    }

    /// <summary>A line that ends ipvsadm leaves the lines before it in force; they may be refused, too.</summary>
    private async Task<int> CarryOutAsync(IReadOnlyList<string> words, CancellationToken cancel)
    {
        try
        {
            await LineAsync(words, restoring: false, cancel);
            return await FlushAsync(cancel);
        }
        catch (IpvsadmExit exit)
        {
            await FlushAsync(cancel);
            await output.WriteAsync(exit.Output);
            await error.WriteAsync(exit.Message);
            return exit.Code;
        }
    }

    private async Task LineAsync(IReadOnlyList<string> words, bool restoring, CancellationToken cancel)
    {
        if (IpvsadmParser.Parse(words, names, out string? complaint) is not { } request)
        {
            _waiting.Add((null, complaint));
        }
        else if (Translation.ChangeOf(request) is { } change)
        {
            _waiting.Add((change, null));
        }
        else if (request.Kind == CommandKind.Restore)
        {
            await RestoreAsync(restoring, cancel);
        }
        else
        {
            await FlushAsync(cancel);
            await ListAsync(request, cancel);
            _waiting.Add((null, null));
        }
    }

    private async Task RestoreAsync(bool restoring, CancellationToken cancel)
    {
        if (restoring)
        {
            throw IpvsadmExit.TryHelp();
        }

        foreach ((_, string[] line) in RestoreInput.Lines(input))
        {
            await LineAsync(line, restoring: true, cancel);
        }
    }

    /// <summary>Carries out what waits. The status is that of the last line.</summary>
    private async Task<int> FlushAsync(CancellationToken cancel)
    {
        List<ServiceChange> changes = [.. _waiting.Select(w => w.Change).OfType<ServiceChange>()];
        Queue<ChangeOutcome> outcomes = new(changes.Count == 0 ? [] : await table.ApplyAsync(changes, cancel));
        bool failed = false;
        foreach ((ServiceChange? change, string? complaint) in _waiting)
        {
            string? said = change is null ? complaint : Translation.Complaint(change, outcomes.Dequeue());
            failed = said is not null;
            await error.WriteAsync(failed ? said + "\n" : "");
        }

        _waiting.Clear();
        return failed ? Failed : 0;
    }

    private async Task ListAsync(IpvsadmRequest request, CancellationToken cancel)
    {
        if (request.Instead == CommandOption.Connection)
        {
            await ListConnectionsAsync(request.Format, cancel);
            return;
        }

        TableContents contents = await table.ReadAsync(cancel);
        await output.WriteAsync(request.Instead switch
        {
            CommandOption.Timeout => StateText.Timeouts(contents.Timeouts),
            CommandOption.Daemon => StateText.Daemons(contents.Daemons),
            _ => new TableText(names, request.Format).Render(contents, Wanted(contents, request.Service)),
        });
    }

    private static ServiceListing? Wanted(TableContents contents, ServiceKey? key) => key is null
        ? null
        : contents.Services.FirstOrDefault(s => s.Service.Key == key) ?? throw new IpvsadmExit(1, "No such service\n");

    private async Task ListConnectionsAsync(ListingFormat format, CancellationToken cancel)
    {
        ConnectionRow row = new(names, format);
        await output.WriteAsync(row.Heading);
        await foreach (var record in table.ConnectionsAsync(cancel))
        {
            await output.WriteAsync(row.Render(record));
        }
    }
}
