using HaLvs.Heartbeat;

namespace HaLvs.Director.Effects;

/// <summary>Probes the virtual addresses from outside on a thread of its own, only while the role machine asks for it.</summary>
public sealed class DataPlaneWatch : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    private readonly Func<DataPlaneSight> _probe;
    private readonly Action<NodeInput> _post;
    private readonly ManualResetEventSlim _on = new(false);
    private readonly ManualResetEventSlim _ending = new(false);
    private readonly Thread _thread;

    /// <param name="probe">One look, within about 100 ms; called on the watching thread only.</param>
    public DataPlaneWatch(Func<DataPlaneSight> probe, Action<NodeInput> post)
    {
        _probe = probe;
        _post = post;
        _thread = new Thread(Run) { IsBackground = true, Name = "data-plane-watch" };
    }

    public void Start() => _thread.Start();

    public void Watch(bool on)
    {
        if (on)
            _on.Set();
        else
            _on.Reset();
    }

    public void Dispose()
    {
        _ending.Set();
        _on.Set();
        if (_thread.IsAlive)
            _thread.Join();
    }

    private void Run()
    {
        while (!_ending.IsSet)
        {
            _on.Wait();
            if (_ending.IsSet)
                return;
            DataPlaneSight sight;
            try
            {
                sight = _probe();
            }
            catch (Exception)
            {
                // A probe that cannot even be sent says nothing about the peer: our own side is blind.
                sight = DataPlaneSight.Blind;
            }
            if (_on.IsSet)
                _post(new NodeInput.DataPlaneSign(sight));
            _ending.Wait(Every / 2);
        }
    }
}
