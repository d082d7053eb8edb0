namespace HaLvs.Director.Commands;

/// <summary>What the operator asked halvs check for.</summary>
internal sealed record CheckRequest(string Path, string? Node, bool Live);
