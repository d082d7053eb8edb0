using System.CommandLine;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands;

/// <summary>
/// `halvs reload`: a changed file, without touching a connection. Where services were changed at run time (ipvsadm), the operator says what becomes of
/// that: he is asked, or says it beforehand, or nothing is reloaded and the differences are listed.
/// </summary>
internal static class ReloadCommand
{
    public static Command Create(CommandHost host)
    {
        Option<string> socket = SharedOptions.Socket();
        Option<bool> json = SharedOptions.Json("The outcome");
        Option<bool> keep = new("--keep-runtime") { Description = "Apply the file, but for what was changed at run time (ipvsadm)." };
        Option<bool> useFile = new("--use-file") { Description = "Apply the file whole; run-time changes are given up." };
        Command command = new("reload", "Apply the changed configuration file; a bad one changes nothing.") { keep, useFile, json, socket };
        command.Validators.Add(result =>
        {
            if (result.GetValue(keep) && result.GetValue(useFile))
            {
                result.AddError("--keep-runtime and --use-file exclude each other");
            }
        });
        command.SetAction(async (parsed, cancel) =>
        {
            DriftChoice choice = parsed.GetValue(keep) ? DriftChoice.KeepRuntime : parsed.GetValue(useFile) ? DriftChoice.UseFile : DriftChoice.Refuse;
            using ControlClient client = new(parsed.GetValue(socket)!);
            return await OutcomeOutput.RunAsync(parsed, "reload", parsed.GetValue(json), _ => ReloadAsync(client, host, choice, cancel));
        });
        return command;
    }

    private static async Task<OperationOutcome> ReloadAsync(ControlClient client, CommandHost host, DriftChoice choice, CancellationToken cancel)
    {
        OperationOutcome outcome = await client.ReloadAsync(choice, cancel);
        bool aboutDrift = !outcome.Done && choice == DriftChoice.Refuse && outcome.Text.Contains("--keep-runtime", StringComparison.Ordinal);
        if (!aboutDrift || !host.Interactive)
        {
            return outcome;
        }

        await host.Error.WriteAsync($"{outcome.Text}\nkeep these, or use the file? (keep/file, anything else: leave all as it is) ");
        await host.Error.FlushAsync(cancel);
        return (await host.Input.ReadLineAsync(cancel))?.Trim() switch
        {
            "keep" => await client.ReloadAsync(DriftChoice.KeepRuntime, cancel),
            "file" => await client.ReloadAsync(DriftChoice.UseFile, cancel),
            _ => new OperationOutcome(false, "left as it is"),
        };
    }
}
