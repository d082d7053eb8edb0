using System.CommandLine;
using System.Runtime.InteropServices;
using HaLvs.Director.Commands.Ipvsadm;
using HaLvs.Director.Configuration;
using HaLvs.Director.Control;

namespace HaLvs.Director.Commands;

/// <summary>The edge between the shell and the verbs: parsing, signals, and every failure as one line with its exit code.</summary>
public static class CommandLine
{
    /// <summary>Runs one command line with the process's signals: the first SIGINT or SIGTERM asks to end in order, the second ends at once.</summary>
    public static async Task<int> RunAsync(string[] args, CommandHost host)
    {
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Stop(c, stop));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Stop(c, stop));
        return await RunAsync(args, host, stop.Token);
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> args, CommandHost host, CancellationToken cancel)
    {
        try
        {
            return args is [IpvsadmCommand.Name, ..] ? await IpvsadmCommand.RunAsync([.. args.Skip(1)], host, cancel) : await VerbAsync(args, host, cancel);
        }
        catch (Exception e) when (Describe(e, cancel) is not null)
        {
            (int code, string text) = Describe(e, cancel)!.Value;
            await host.Error.WriteLineAsync($"halvs: {text}");
            return code;
        }
    }

    private static async Task<int> VerbAsync(IReadOnlyList<string> args, CommandHost host, CancellationToken cancel)
    {
        RootCommand root = RootCommandFactory.Create(host);
        ParseResult parsed = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            await host.Error.WriteLineAsync($"halvs: {UsageError.Explain(parsed)}");
            return ExitCode.WrongUsage;
        }

        InvocationConfiguration invocation = new()
        {
            Output = host.Output,
            Error = host.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(invocation, cancel);
    }

    /// <summary>Null: a defect of ours. It goes on up, with its trace, because nobody can act on less.</summary>
    private static (int Code, string Text)? Describe(Exception e, CancellationToken cancel) => e switch
    {
        OperatorException known => (known.ExitCode, known.Message),
        ConfigurationException known => (ExitCode.Failed, known.Message),
        ControlSocketException known => (ExitCode.Failed, known.Message),
        OperationCanceledException when cancel.IsCancellationRequested => (ExitCode.Failed, "interrupted; what the director had begun may go on: see halvs events"),
        IOException io => (ExitCode.Failed, io.Message),
        UnauthorizedAccessException denied => (ExitCode.Failed, $"{denied.Message} Run as root, or name another place."),
        _ => null,
    };

    private static void Stop(PosixSignalContext context, CancellationTokenSource stop)
    {
        context.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    }
}
