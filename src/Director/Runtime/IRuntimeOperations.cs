namespace HaLvs.Director.Runtime;

/// <summary>What operators can do to the service table of a running director. The control service translates; tests have a double.</summary>
public interface IRuntimeOperations
{
    /// <summary>All changes as one transaction, durable here and, when the peer is connected, there before it returns.</summary>
    /// <param name="who">Who asks, for the notes that drift shows.</param>
    /// <exception cref="Commands.OperatorException">Nothing was changed: this node does not serve, or its disk refused.</exception>
    Task<ChangeReport> ChangeAsync(IReadOnlyList<ServiceChange> changes, string who, CancellationToken cancel);

    TableContents Contents();

    /// <summary>
    /// The server gets no new connections, templates do not lead there, and what is left at the deadline is ended; waits for that and tells how many are left. It goes on
    /// when who asked has gone, over a failover and a restart. A second drain of a server replaces the deadline and what becomes of the server.
    /// </summary>
    /// <param name="service">As status shows it: "192.0.2.100:80/tcp", "mark 7".</param>
    /// <param name="server">"10.0.0.2:80".</param>
    /// <param name="deadline">Zero: none.</param>
    /// <param name="remove">At the end the server is taken out of the table.</param>
    Task<Control.OperationOutcome> DrainAsync(
        string service, string server, TimeSpan deadline, bool remove, string who, IProgress<string> progress, CancellationToken cancel);

    /// <summary>Calls a drain off: the server gets back the weight that it had.</summary>
    Task<Control.OperationOutcome> CancelDrainAsync(string service, string server, string who, CancellationToken cancel);
}
