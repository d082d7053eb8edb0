using System.CommandLine;
using HaLvs.Director.Commands.Import;
using HaLvs.Director.Commands.Ipvsadm;

namespace HaLvs.Director.Commands;

/// <summary>All verbs, in the order in which help shows them.</summary>
public static class RootCommandFactory
{
    public static RootCommand Create(CommandHost host)
    {
        RootCommand root = new("HaLvs: two Linux machines as one load balancer that does not die.")
        {
            RunCommand.Create(host),
            CheckCommand.Create(),
            StatusCommand.Create(),
            EventsCommand.Create(),
            SwitchoverCommand.Create(),
            FenceCommand.Create(host),
            DrillCommand.Create(host),
            ConnectionsCommand.Create(),
            IpvsadmCommand.Create(),
            DrainCommand.Create(),
            ImportCommand.Create(host),
            ReloadCommand.Create(host),
            ExplainCommand.Create(),
            TrafficCommand.Create(),
            KeygenCommand.Create(),
        };

        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        return root;
    }
}
