using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Director.Commands.Ipvsadm.Popt;

namespace HaLvs.Director.Commands.Ipvsadm.Parsing;

/// <summary>
/// One command line of ipvsadm 1.31, from words to a request. Pure: what it knows of the world is the name source. The order of the checks is
/// ipvsadm's own, because the first error is the one that is printed: command, each option as it comes, words left over, scheduler flags, legality, combinations.
/// </summary>
internal static class IpvsadmParser
{
    /// <returns>The request, or null with the complaint of an option that cannot be read: that fails this line, not a whole restore.</returns>
    /// <exception cref="IpvsadmExit">Help, version, or an error that ends ipvsadm.</exception>
    public static IpvsadmRequest? Parse(IReadOnlyList<string> words, INameSource names, out string? complaint)
    {
        PoptReader reader = new(OptionTable.All, words);
        if (!reader.TryNext(out OptionTag tag, out string? argument))
        {
            throw IpvsadmExit.TryHelp();
        }

        RequestBuilder builder = new(CommandOf(tag), names);
        if (builder.Command is CommandKind.StartDaemon or CommandKind.StopDaemon)
        {
            builder.TakeDaemonState(argument!);
        }

        while (reader.TryNext(out tag, out argument))
        {
            builder.Take(tag, argument, reader.Word);
        }

        complaint = reader.Error;
        return complaint is null ? builder.Finish(reader.Others) : null;
    }

    private static CommandKind CommandOf(OptionTag tag) => tag switch
    {
        OptionTag.AddService => CommandKind.AddService,
        OptionTag.EditService => CommandKind.EditService,
        OptionTag.DeleteService => CommandKind.DeleteService,
        OptionTag.AddServer => CommandKind.AddServer,
        OptionTag.EditServer => CommandKind.EditServer,
        OptionTag.DeleteServer => CommandKind.DeleteServer,
        OptionTag.Clear => CommandKind.Clear,
        OptionTag.List => CommandKind.List,
        OptionTag.Zero => CommandKind.Zero,
        OptionTag.Set => CommandKind.SetTimeouts,
        OptionTag.Restore => CommandKind.Restore,
        OptionTag.Save => CommandKind.Save,
        OptionTag.StartDaemon => CommandKind.StartDaemon,
        OptionTag.StopDaemon => CommandKind.StopDaemon,
        OptionTag.Help => throw new IpvsadmExit(0, output: HelpText.Version + HelpText.Usage),
        OptionTag.Version => throw new IpvsadmExit(0, output: HelpText.Version),
        _ => throw IpvsadmExit.TryHelp(),
    };
}
