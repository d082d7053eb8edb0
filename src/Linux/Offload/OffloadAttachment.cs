namespace HaLvs.Linux.Offload;

/// <summary>The program at one interface. Disposing it takes it away, in whatever namespace the calling thread was when it was attached: call it there.</summary>
public abstract class OffloadAttachment(OffloadProgram program, int interfaceIndex, OffloadMode mode) : IDisposable
{
    private bool _gone;

    public int InterfaceIndex => interfaceIndex;

    public OffloadMode Mode => mode;

    public void Dispose()
    {
        if (_gone)
            return;
        _gone = true;
        program.Close(interfaceIndex);
        Detach();
        GC.SuppressFinalize(this);
    }

    /// <summary>An interface that has vanished has taken the program along: no error.</summary>
    private protected abstract void Detach();
}
