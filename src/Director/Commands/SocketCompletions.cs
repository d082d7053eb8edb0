namespace HaLvs.Director.Commands;

/// <summary>
/// Answers are handled on the thread that waits in epoll, without a hop over the thread pool: two thirds of the processor time of a traffic run.
/// The switch counts for the whole process and only before its first socket; every callback of ours is short and never blocks.
/// </summary>
internal static class SocketCompletions
{
    public static void RunInline() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
}
