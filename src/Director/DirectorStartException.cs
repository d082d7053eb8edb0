namespace HaLvs.Director;

/// <summary>The director cannot start. The message is one line (or one per error) that says where, what and what would be right; no stack trace.</summary>
public sealed class DirectorStartException(string message) : Exception(message);
