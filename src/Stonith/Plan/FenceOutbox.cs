namespace HaLvs.Stonith.Plan;

/// <summary>Collects the effects of one input and numbers the commands. Numbers never repeat, so that a late answer can not be taken for a new one.</summary>
internal sealed class FenceOutbox(string target)
{
    private List<FenceEffect> _effects = [];

    public ulong LastCommand { get; private set; }

    public ulong Command(string device, DeviceAction action)
    {
        _effects.Add(new FenceEffect.Command(++LastCommand, device, action));
        return LastCommand;
    }

    public void Event(string text) => _effects.Add(new FenceEffect.Event($"fence {target}: {text}"));

    public void Add(FenceEffect effect) => _effects.Add(effect);

    public IReadOnlyList<FenceEffect> TakeAll()
    {
        var taken = _effects;
        _effects = [];
        return taken;
    }
}
