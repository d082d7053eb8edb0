namespace HaLvs.Director.Commands.Ipvsadm;

/// <summary>Which options go with which command, and what ipvsadm says when they do not.</summary>
internal static class LegalityMatrix
{
    private static readonly CommandOption[] s_none = [];
    private static readonly CommandOption[] s_service = [CommandOption.Service];
    private static readonly CommandOption[] s_server = [CommandOption.Service, CommandOption.Server];
    private static readonly CommandOption[] s_exclusive = [CommandOption.Connection, CommandOption.Service, CommandOption.Timeout, CommandOption.Daemon];

    private static readonly CommandOption[] s_serviceSettings =
    [
        CommandOption.Scheduler, CommandOption.Persistent, CommandOption.Netmask,
        CommandOption.OnePacket, CommandOption.PersistenceEngine, CommandOption.SchedulerFlags,
    ];

    private static readonly CommandOption[] s_serverSettings =
    [
        CommandOption.Forward, CommandOption.Weight, CommandOption.UpperThreshold, CommandOption.LowerThreshold, CommandOption.TunnelType,
        CommandOption.TunnelPort, CommandOption.TunnelNoChecksum, CommandOption.TunnelChecksum, CommandOption.TunnelRemoteChecksum,
    ];

    private static readonly CommandOption[] s_listing =
    [
        CommandOption.Numeric, CommandOption.Stats, CommandOption.Rate, CommandOption.Thresholds, CommandOption.PersistentConnections,
        CommandOption.NoSort, CommandOption.SyncId, CommandOption.Exact, CommandOption.TunnelInfo,
    ];

    private static readonly CommandOption[] s_daemon =
    [
        CommandOption.McastInterface, CommandOption.SyncId, CommandOption.McastGroup, CommandOption.McastPort, CommandOption.McastTtl,
        CommandOption.SyncMaximumLength,
    ];

    private static readonly string[] s_commandNames =
    [
        "add-service", "edit-service", "delete-service", "flush", "list", "add-server", "delete-server", "edit-server", "set", "start-daemon",
        "stop-daemon", "restore", "save", "zero",
    ];

    private static readonly string[] s_optionNames =
    [
        "numeric", "connection", "service-address", "scheduler", "persistent", "netmask", "real-server", "forwarding-method", "weight", "u-threshold",
        "l-threshold", "mcast-interface", "timeout", "daemon", "stats", "rate", "thresholds", "persistent-conn", "nosort", "syncid", "exact", "ops",
        "pe", "sched-flags", "mcast-group", "mcast-port", "mcast-ttl", "sync-maxlen", "tun-info", "tun-type", "tun-port", "tun-nocsum", "tun-csum",
        "tun-remcsum",
    ];

    public static string NameOf(CommandOption option) => s_optionNames[(int)option];

    /// <summary>Every option in the matrix's order: compulsory and missing, illegal and given, or the second of several that exclude each other.</summary>
    /// <exception cref="IpvsadmExit">The first offence.</exception>
    public static void Check(CommandKind command, IReadOnlySet<CommandOption> given)
    {
        (CommandOption[] compulsory, CommandOption[] optional, CommandOption[] exclusive) = Rules(command);
        CommandOption? first = null;
        foreach (CommandOption option in Enum.GetValues<CommandOption>())
        {
            if (!given.Contains(option))
            {
                Require(!compulsory.Contains(option), $"You need to supply the '{NameOf(option)}' option for the '{s_commandNames[(int)command]}' command");
                continue;
            }

            bool excludes = exclusive.Contains(option);
            Require(excludes || compulsory.Contains(option) || optional.Contains(option),
                $"Illegal '{NameOf(option)}' option with the '{s_commandNames[(int)command]}' command");
            Require(!excludes || first is null,
                $"The option '{NameOf(option)}' conflicts with the '{NameOf(first ?? option)}' option in the '{s_commandNames[(int)command]}' command");
            first = excludes ? option : first;
        }
    }

    private static (CommandOption[] Compulsory, CommandOption[] Optional, CommandOption[] Exclusive) Rules(CommandKind command) => command switch
    {
        CommandKind.AddService or CommandKind.EditService => (s_service, s_serviceSettings, s_none),
        CommandKind.DeleteService => (s_service, s_none, s_none),
        CommandKind.AddServer or CommandKind.EditServer => (s_server, s_serverSettings, s_none),
        CommandKind.DeleteServer => (s_server, s_none, s_none),
        CommandKind.List => (s_none, s_listing, s_exclusive),
        CommandKind.StartDaemon => (s_none, s_daemon, s_none),
        CommandKind.StopDaemon => (s_none, [CommandOption.SyncId], s_none),
        CommandKind.Save => (s_none, [CommandOption.Numeric], s_none),
        CommandKind.Zero => (s_none, s_service, s_none),
        _ => (s_none, s_none, s_none),
    };

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw IpvsadmExit.Usage(otherwise);
        }
    }
}
