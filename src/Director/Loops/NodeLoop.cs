using HaLvs.Director.Effects;
using HaLvs.Heartbeat;
using HaLvs.Linux;

namespace HaLvs.Director.Loops;

/// <summary>
/// The one thread that owns the role machine. In: frames, results of effects, operators, and time. Out: the machine's effects, handed over strictly
/// in order to <see cref="NodeEffects"/>. Nothing here blocks but the wait for the next input.
/// </summary>
public sealed class NodeLoop : IDisposable
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly NodeMachine _machine;
    private readonly NodeEffects _effects;
    private readonly Inbox<NodeInput> _inbox;
    private readonly Inbox<Action> _calls = new();
    private readonly TimeSpan _tickEvery;
    private readonly Action<Exception> _broken;
    private readonly Thread _thread;
    private volatile bool _ending;

    /// <param name="inbox">Where links, effects and operators post.</param>
    /// <param name="broken">A promise did not hold (the machine threw): forwarding must stop and the process end.</param>
    public NodeLoop(NodeMachine machine, NodeEffects effects, Inbox<NodeInput> inbox, TimeSpan interval, Action<Exception> broken)
    {
        _machine = machine;
        _effects = effects;
        _inbox = inbox;
        _tickEvery = interval / 8;
        _broken = broken;
        _thread = new Thread(Run) { IsBackground = true, Name = "node" };
    }

    public void Start() => _thread.Start();

    /// <summary>Heartbeat frames that came faster than they could be looked at.</summary>
    public long FramesDropped => _inbox.Flooded;

    public void Post(NodeInput input) => _inbox.Post(input);

    /// <summary>A copy of what the machine knows, made on the loop's own thread.</summary>
    public Task<NodeStatus> StatusAsync()
    {
        var answer = new TaskCompletionSource<NodeStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Post(() => answer.SetResult(_machine.Status(MonotonicClock.Now)));
        _inbox.Wake();
        return answer.Task.WaitAsync(AnswerWithin);
    }

    public void Dispose()
    {
        _ending = true;
        _inbox.Wake();
        if (_thread.IsAlive)
            _thread.Join();
    }

    private void Run()
    {
        var realTime = RealTimeScheduling.RaiseCurrentThread(RealTimePriorities.NodeLoop);
        if (!realTime.Permitted)
            _effects.CarryOut([new NodeEffect.Event(EventSeverity.Info, "start", $"no real-time priority, a busy machine may delay heartbeats: {realTime.Detail}")]);
        try
        {
            while (!_ending)
                RunOnce();
        }
        catch (Exception e)
        {
            _broken(e);
        }
    }

    private void RunOnce()
    {
        _inbox.Wait(_tickEvery);
        var calls = _calls.TakeAll(); // Before the inputs: what was posted before a call is stepped before it is answered.
        var inputs = _inbox.TakeAll();
        while (inputs.TryDequeue(out var input))
            _effects.CarryOut(_machine.Step(input, MonotonicClock.Now));
        _effects.CarryOut(_machine.Tick(MonotonicClock.Now));
        _effects.AdvanceFence();
        while (calls.TryDequeue(out var call))
            call();
    }
}
