using System.CommandLine;
using HaLvs.Director.Control;
using HaLvs.Director.Control.V1;

namespace HaLvs.Director.Commands;

/// <summary>`halvs drain SERVICE SERVER`: out of service, and nobody is hurt.</summary>
internal static class DrainCommand
{
    public static Command Create()
    {
        Argument<string> service = new("SERVICE") { Description = "The virtual service as halvs status shows it: 192.0.2.100:80/tcp." };
        Argument<string> server = new("SERVER") { Description = "Its real server: 10.0.0.2:80." };
        Option<TimeSpan> deadline = SharedOptions.Duration("--deadline", "Do not wait longer than this; without it, until no connection is left.", TimeSpan.Zero);
        Option<bool> remove = new("--remove") { Description = "Take the server out of the table at the end." };
        Option<bool> json = SharedOptions.Json("The outcome");
        Option<string> socket = SharedOptions.Socket();
        Command command = new("drain", "Give a real server no new connections and wait until those it has have ended.") { service, server, deadline, remove, json, socket };
        command.SetAction(async (parsed, cancel) =>
        {
            DrainRequest request = new()
            {
                Service = parsed.GetValue(service)!,
                Server = parsed.GetValue(server)!,
                DeadlineMilliseconds = (long)parsed.GetValue(deadline).TotalMilliseconds,
                Remove = parsed.GetValue(remove),
                Operator = Ipvsadm.IpvsadmCommand.OperatorName(),
            };
            using ControlClient client = new(parsed.GetValue(socket)!);
            return await OutcomeOutput.RunAsync(parsed, "drain", parsed.GetValue(json), progress => client.DrainAsync(request, progress, cancel));
        });
        return command;
    }
}
