using System.Diagnostics;

namespace HaLvs.Linux.Tests;

/// <summary>A network namespace of this test's own with a veth pair e0-e1 inside; gone afterwards. Needs root.</summary>
internal sealed class TestNamespace : IDisposable
{
    private static int _count;

    public TestNamespace()
    {
        Name = $"hl{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        Shell($"ip netns add {Name} && ip -n {Name} link set lo up && ip -n {Name} link add e0 type veth peer name e1 "
            + $"&& ip -n {Name} link set e0 up && ip -n {Name} link set e1 up");
    }

    public string Name { get; }

    /// <summary>False, with the reason in the output, on a machine where the test cannot make namespaces.</summary>
    public static bool Possible(Action<string> output)
    {
        if (Environment.IsPrivilegedProcess)
            return true;
        output("not run: network namespaces need root");
        return false;
    }

    public void Run(Action work) => NetworkNamespace.Run(Name, work);

    public string Ip(string arguments) => Shell($"ip -n {Name} {arguments}");

    public void Dispose() => Shell($"ip netns delete {Name}");

    public static string Shell(string command)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{command}: {errors.Result}");
    }
}
