using System.Net;
using HaLvs.Director.Configuration.Issues;
using HaLvs.Director.Configuration.Values;

namespace HaLvs.Director.Configuration.Written;

/// <param name="At">The header of the table.</param>
internal sealed record ServiceConfig(
    Position At,
    Setting<ListenAddress>? Listen,
    Setting<string>? Scheduler,
    Setting<string>? Helper,
    CheckConfig? Check,
    IReadOnlyList<ServerConfig> Servers);

/// <param name="At">The header of the table.</param>
internal sealed record ServerConfig(Position At, Setting<IPEndPoint>? Address, Setting<int>? Weight);
