namespace HaLvs.Director.Commands;

/// <summary>
/// Answers are handled on the thread that waits in epoll, without a hop over the thread pool: less processor time and less
/// delay between an answer and its time stamp.
/// The switch counts for the whole process and only before its first socket; every callback of ours is short and never blocks.
/// </summary>
internal static class SocketCompletions
{
    public static void RunInline() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
}
