using HaLvs.Linux;

namespace HaLvs.Director.Loops;

/// <summary>
/// One thread that carries slow effects (disk, netlink) out strictly in the order in which the role machine asked for them. The node loop never
/// waits for a disk; results come back to it as inputs.
/// </summary>
public sealed class EffectLoop : IDisposable
{
    private readonly Inbox<Action> _inbox = new();
    private readonly Thread _thread;
    private volatile bool _ending;

    private readonly Action<Exception> _broken;

    /// <param name="broken">An effect threw: its result never comes, and the order of what follows is lost.</param>
    public EffectLoop(Action<Exception> broken)
    {
        _broken = broken;
        _thread = new Thread(Run) { IsBackground = true, Name = "effects" };
    }

    public void Start() => _thread.Start();

    public void Add(Action effect) => _inbox.Post(effect);

    private void CarryOut(Action effect)
    {
        try
        {
            effect();
        }
        catch (Exception e)
        {
            _broken(e);
        }
    }

    /// <summary>Finishes what was asked for, then ends.</summary>
    public void Dispose()
    {
        _ending = true;
        _inbox.Post(static () => { });
        if (_thread.IsAlive)
            _thread.Join();
    }

    private void Run()
    {
        RealTimeScheduling.RaiseCurrentThread(RealTimePriorities.Effects);
        while (true)
        {
            var effects = _inbox.TakeAll();
            if (effects.Count == 0 && _ending)
                return;
            while (effects.TryDequeue(out var effect))
                CarryOut(effect);
            _inbox.Wait(TimeSpan.FromSeconds(1));
        }
    }
}
