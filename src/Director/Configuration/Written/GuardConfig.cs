namespace HaLvs.Director.Configuration.Written;

internal sealed record GuardConfig(
    Setting<string>? SynCookies, Setting<int>? ServiceThreshold, Setting<int>? TableThreshold, Setting<int>? ClientConnections, Setting<int>? ClientRate);
