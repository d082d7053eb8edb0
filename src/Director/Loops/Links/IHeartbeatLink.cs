namespace HaLvs.Director.Loops.Links;

/// <summary>A way to the peer. An edge: the simulator has its own network.</summary>
public interface IHeartbeatLink : IDisposable
{
    /// <summary>Begins to receive and to reopen by itself whenever the device comes back.</summary>
    void Start();

    /// <summary>Never blocks, never throws: what cannot be sent is lost, as on any wire.</summary>
    void Send(ReadOnlyMemory<byte> message);
}
