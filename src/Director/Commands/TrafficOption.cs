using System.CommandLine;
using HaLvs.Director.Drills.Traffic;

namespace HaLvs.Director.Commands;

/// <summary>Options that traffic and drill have in common.</summary>
internal static class TrafficOption
{
    public static Option<TrafficProtocol> Protocol() => new("--protocol")
    {
        Description = "What the service speaks: echo or http (default: echo).",
        HelpName = "echo|http",
        DefaultValueFactory = _ => TrafficProtocol.Echo,
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "echo":
                    return TrafficProtocol.Echo;
                case "http":
                    return TrafficProtocol.Http;
                default:
                    result.AddError($"--protocol {result.Tokens[0].Value}: must be echo or http");
                    return TrafficProtocol.Echo;
            }
        },
    };
}
