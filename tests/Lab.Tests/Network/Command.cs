using System.Diagnostics;

namespace HaLvs.Lab.Tests.Network;

/// <summary>Runs a program to its end, within a deadline; at the deadline it is killed with its children.</summary>
public static class Command
{
    public static async Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, TimeSpan deadline)
    {
        using var process = Start(program, arguments);
        using var time = new CancellationTokenSource(deadline);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var text = $"{Path.GetFileName(program)} {string.Join(' ', process.StartInfo.ArgumentList)}";
        try
        {
            await process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{text} did not end within {deadline.TotalSeconds:0} s");
        }

        return new CommandResult(text, process.ExitCode, await output, await error);
    }

    /// <summary>Starts with both outputs redirected and an empty input.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        return process;
    }
}
