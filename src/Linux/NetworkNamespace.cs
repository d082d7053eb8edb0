using System.Runtime.InteropServices;
using HaLvs.Linux.Interop;

namespace HaLvs.Linux;

/// <summary>Named network namespaces as `ip netns` makes them. setns(2) moves one thread; sockets stay in the namespace they were opened in.</summary>
public static class NetworkNamespace
{
    /// <summary>The calling thread's namespace as the kernel names it ("net:[4026531840]").</summary>
    public static string Current => File.ResolveLinkTarget("/proc/thread-self/ns/net", returnFinalTarget: false)?.Name ?? "net:[?]";

    /// <summary>Runs the work on a thread of its own inside the namespace and waits for it; what it throws arrives here.</summary>
    public static void Run(string name, Action work)
    {
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter(name);
                work();
            }
            catch (Exception error)
            {
                failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>For a dedicated thread only: it never comes back, so a pooled thread would carry the namespace to strangers.</summary>
    public static void Enter(string name)
    {
        string path = $"/run/netns/{name}";
        using FileDescriptor file = FileDescriptor.Own(
            Libc.open(path, Files.O_RDONLY | Files.O_CLOEXEC, 0), $"open {path}", "Make it with `ip netns add`.");
        if (Libc.setns(file, Scheduling.CLONE_NEWNET) != 0)
            throw new LinuxException($"enter network namespace {name}", Marshal.GetLastPInvokeError(), "Run as root (CAP_SYS_ADMIN).");
    }
}
