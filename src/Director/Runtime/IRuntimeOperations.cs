namespace HaLvs.Director.Runtime;

/// <summary>What operators can do to the service table of a running director. The control service translates; tests have a double.</summary>
public interface IRuntimeOperations
{
    /// <summary>All changes as one transaction, durable here and, when the peer is connected, there before it returns.</summary>
    /// <param name="who">Who asks, for the notes that drift shows.</param>
    /// <exception cref="Commands.OperatorException">Nothing was changed: this node does not serve, or its disk refused.</exception>
    Task<IReadOnlyList<ChangeOutcome>> ChangeAsync(IReadOnlyList<ServiceChange> changes, string who, CancellationToken cancel);

    TableContents Contents();
}
