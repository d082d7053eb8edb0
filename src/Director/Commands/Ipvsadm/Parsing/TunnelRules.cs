using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Ipvsadm.Parsing;

/// <summary>Which tunnel options go with which tunnel type.</summary>
internal static class TunnelRules
{
    private static readonly CommandOption[] s_options =
        [CommandOption.TunnelPort, CommandOption.TunnelNoChecksum, CommandOption.TunnelChecksum, CommandOption.TunnelRemoteChecksum];

    public static TunnelType? TypeOf(string word) => word switch
    {
        "ipip" => TunnelType.Ipip,
        "gue" => TunnelType.Gue,
        "gre" => TunnelType.Gre,
        _ => null,
    };

    public static string NameOf(TunnelType type) => type switch
    {
        TunnelType.Gue => "gue",
        TunnelType.Gre => "gre",
        _ => "ipip",
    };

    /// <summary>ipip has no options; gue must have a port and may have one checksum option; gre may have --tun-nocsum or --tun-csum.</summary>
    /// <exception cref="IpvsadmExit">The first offence.</exception>
    public static void Check(TunnelType type, IReadOnlySet<CommandOption> given)
    {
        CommandOption? first = null;
        foreach (CommandOption option in s_options)
        {
            string name = LegalityMatrix.NameOf(option);
            if (!given.Contains(option))
            {
                Require(type != TunnelType.Gue || option != CommandOption.TunnelPort, $"You need to supply the '{name}' option for the '{NameOf(type)}' tunnel type");
                continue;
            }

            Require(IsLegal(type, option), $"Illegal '{name}' option with the '{NameOf(type)}' tunnel type");
            if (option != CommandOption.TunnelPort)
            {
                Require(first is null, $"The option '{name}' conflicts with the '{LegalityMatrix.NameOf(first ?? option)}' option in the '{NameOf(type)}' tunnel type");
                first = option;
            }
        }
    }

    private static bool IsLegal(TunnelType type, CommandOption option) => type switch
    {
        TunnelType.Gue => true,
        TunnelType.Gre => option is CommandOption.TunnelNoChecksum or CommandOption.TunnelChecksum,
        _ => false,
    };

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw IpvsadmExit.Usage(otherwise);
        }
    }
}
