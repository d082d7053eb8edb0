using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace HaLvs.Stonith.Devices.Programs;

/// <summary>
/// Runs one program for a device and never leaves it behind. It is started directly (no shell) under coreutils' timeout(1), which makes a
/// process group of its own and kills that group at the end of the lifetime even when this director is dead by then. On cancel the whole
/// group is killed at once, orphans included.
/// </summary>
internal static class ProgramRun
{
    private const string Timeout = "/usr/bin/timeout";

    /// <summary>How long the pipes may stay open after the program's end: longer means that a child holds them.</summary>
    private static readonly TimeSpan PipeGrace = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan KillGrace = TimeSpan.FromSeconds(2);

    /// <summary>Never throws for what the program does, and returns soon after a cancel.</summary>
    public static async Task<ProgramOutcome> RunAsync(DeviceProgram program, CancellationToken cancel)
    {
        if (Obstacle(program.Path) is { } obstacle) return ProgramOutcome.NotRun(obstacle);
        if (cancel.IsCancellationRequested) return ProgramOutcome.NotRun("cancelled before it started");
        try
        {
            using var process = Process.Start(StartInfo(program))!;
            return await AttendAsync(process, program, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is Win32Exception or IOException)
        {
            return ProgramOutcome.NotRun($"{program.Path} can not be started: {failure.Message}");
        }
    }

    private static string? Obstacle(string path)
    {
        const UnixFileMode executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (!File.Exists(path)) return $"{path} does not exist: install its package or correct the path";
        if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("fence programs run on Linux");
        return (File.GetUnixFileMode(path) & executable) == 0 ? $"{path} is not executable: chmod +x {path}" : null;
    }

    private static ProcessStartInfo StartInfo(DeviceProgram program)
    {
        var lifetime = program.Lifetime.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(Timeout, ["--signal=KILL", lifetime, program.Path, .. program.Arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        // Answers are parsed: they must not be translated. An inherited password must not travel on.
        start.Environment["LC_ALL"] = "C";
        start.Environment.Remove("IPMI_PASSWORD");
        return start;
    }

    private static async Task<ProgramOutcome> AttendAsync(Process process, DeviceProgram program, CancellationToken cancel)
    {
        var output = BoundedOutput.Of(process.StandardOutput.BaseStream);
        var errors = BoundedOutput.Of(process.StandardError.BaseStream);
        var ended = await EndedAsync(process, program.Input, cancel).ConfigureAwait(false);
        if (!await WithinAsync(Task.WhenAll(output.Ended, errors.Ended), PipeGrace).ConfigureAwait(false)) ProcessGroup.Kill(process.Id);
        return ended
            ? new ProgramOutcome(process.ExitCode, output.Text, errors.Text, null)
            : new ProgramOutcome(null, output.Text, errors.Text, "no answer in time, killed");
    }

    /// <summary>False: it was killed.</summary>
    private static async Task<bool> EndedAsync(Process process, string input, CancellationToken cancel)
    {
        try
        {
            await GiveAsync(process.StandardInput, input, cancel).ConfigureAwait(false);
            await process.WaitForExitAsync(cancel).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            await WithinAsync(process.WaitForExitAsync(CancellationToken.None), KillGrace).ConfigureAwait(false);
            return false;
        }
    }

    private static async Task GiveAsync(StreamWriter standardInput, string input, CancellationToken cancel)
    {
        try
        {
            await using (standardInput.ConfigureAwait(false)) await standardInput.WriteAsync(input.AsMemory(), cancel).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It ended without reading: its exit code says more than a broken pipe.
        }
    }

    /// <summary>The tree first (it may not have reached its own group yet), then what is left of the group.</summary>
    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception or AggregateException)
        {
            // Ended by itself; its group may live on.
        }
        ProcessGroup.Kill(process.Id);
    }

    private static async Task<bool> WithinAsync(Task task, TimeSpan limit) =>
        await Task.WhenAny(task, Task.Delay(limit)).ConfigureAwait(false) == task;
}
