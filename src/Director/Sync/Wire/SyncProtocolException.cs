namespace HaLvs.Director.Sync.Wire;

/// <summary>The peer's message breaks the rules of docs/wire/sync.md: the stream ends, with this reason for the operator.</summary>
public sealed class SyncProtocolException(string message) : Exception(message);
