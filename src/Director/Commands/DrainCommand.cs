using System.CommandLine;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands;

/// <summary>`halvs drain SERVICE SERVER`: out of service, and nobody is hurt before the deadline. The director drains; the command watches.</summary>
internal static class DrainCommand
{
    public static Command Create()
    {
        Argument<string> service = new("SERVICE") { Description = "The virtual service as halvs status shows it: 192.0.2.100:80/tcp, or \"mark 7\"." };
        Argument<string> server = new("SERVER") { Description = "Its real server: 10.0.0.2:80." };
        Option<TimeSpan> deadline = SharedOptions.Duration(
            "--deadline", "Connections that are left after this time are ended, with a reset to both ends; without it, none is.", TimeSpan.Zero);
        Option<bool> remove = new("--remove") { Description = "Take the server out of the table at the end." };
        Option<bool> callOff = new("--cancel") { Description = "Call the drain off: the server gets back the weight that it had." };
        Option<bool> json = SharedOptions.Json("The outcome");
        Option<string> socket = SharedOptions.Socket();
        Command command = new("drain", "Give a real server no new connections and wait until those it has have ended; goes on when interrupted.")
        {
            service, server, deadline, remove, callOff, json, socket,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(callOff) && (result.GetValue(remove) || result.GetResult(deadline) is { Implicit: false }))
            {
                result.AddError("--cancel excludes --deadline and --remove");
            }
        });
        command.SetAction(async (parsed, cancel) =>
        {
            DrainRequest request = new()
            {
                Service = parsed.GetValue(service)!,
                Server = parsed.GetValue(server)!,
                DeadlineMilliseconds = (long)parsed.GetValue(deadline).TotalMilliseconds,
                Remove = parsed.GetValue(remove),
                Operator = Ipvsadm.IpvsadmCommand.OperatorName(),
                Cancel = parsed.GetValue(callOff),
            };
            using ControlClient client = new(parsed.GetValue(socket)!);
            return await OutcomeOutput.RunAsync(parsed, "drain", parsed.GetValue(json), progress => DrainAsync(client, request, progress, cancel));
        });
        return command;
    }

    private static async Task<OperationOutcome> DrainAsync(ControlClient client, DrainRequest request, Action<string> progress, CancellationToken cancel)
    {
        try
        {
            return await client.DrainAsync(request, progress, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return new OperationOutcome(false, request.Cancel
                ? "interrupted; halvs status shows whether the drain goes on"
                : $"interrupted, but the drain goes on: halvs status shows it, `halvs drain '{request.Service}' {request.Server} --cancel` calls it off");
        }
    }
}
