using System.CommandLine;
using HaLvs.Director.Configuration;
using HaLvs.Director.Configuration.Live;
using HaLvs.Director.Configuration.Names;
using HaLvs.Stonith.Devices;

namespace HaLvs.Director.Commands;

/// <summary>halvs check: everything that is wrong with a configuration, before it matters.</summary>
public static class CheckCommand
{
    public static Command Create() => Create(FenceDeviceFactory.Create);

    internal static Command Create(Func<FenceDeviceConfig, IFenceDevice> createDevice)
    {
        var config = new Option<string>("--config") { Description = "Configuration file.", HelpName = "FILE", Required = true };
        var node = new Option<string?>("--node") { Description = "This node, where it is not named like the host.", HelpName = "NAME" };
        var live = new Option<bool>("--live") { Description = "Also look at devices, ports, interfaces and servers; changes nothing." };
        var json = new Option<bool>("--json") { Description = "The result as JSON." };
        var command = new Command("check", "Check a configuration file: all errors at once, with their lines.") { config, node, live, json };
        command.SetAction((parsed, cancel) =>
        {
            ICheckOutput output = parsed.GetValue(json)
                ? new CheckJsonOutput(parsed.InvocationConfiguration.Output)
                : new CheckTextOutput(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            return RunAsync(new CheckRequest(parsed.GetValue(config)!, parsed.GetValue(node), parsed.GetValue(live)), createDevice, output, cancel);
        });
        return command;
    }

    /// <summary>0 good, 1 something is wrong, 2 --node names no node.</summary>
    internal static async Task<int> RunAsync(
        CheckRequest request, Func<FenceDeviceConfig, IFenceDevice> createDevice, ICheckOutput output, CancellationToken cancel)
    {
        ConfigurationResult result = ConfigurationReader.Load(request.Path);
        output.Issues(request.Path, result);
        if (result.Model is not { } model)
        {
            return output.Finish(good: false);
        }

        string? node = NodeChoice.Of(model, request.Node);
        if (node is null && (request.Node is not null || request.Live))
        {
            return output.Usage(NodeChoice.Unknown(model, request.Node));
        }

        var files = FileChecks.Run(model, node);
        output.Files(files);
        bool good = !files.Any(f => f.IsError);
        if (request.Live)
        {
            good &= await RunLiveAsync(LiveChecks.For(model, node!, createDevice), output, cancel);
        }

        return output.Finish(good);
    }

    private static async Task<bool> RunLiveAsync(IReadOnlyList<LiveCheck> checks, ICheckOutput output, CancellationToken cancel)
    {
        bool good = true;
        for (int i = 0; i < checks.Count; i++)
        {
            output.LiveBegins(i + 1, checks.Count, checks[i].Name);
            LiveResult result = await LiveChecks.RunAsync(checks[i], cancel);
            output.LiveEnds(checks[i].Name, result);
            good &= result.State != LiveState.Failed;
        }

        return good;
    }
}
