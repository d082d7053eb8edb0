using HaLvs.Stonith.Plan;
using static HaLvs.Stonith.Tests.Plan.PlanSamples;

namespace HaLvs.Stonith.Tests.Plan;

/// <summary>A random plan and for each of its devices a random character.</summary>
internal sealed class RandomWorld
{
    private readonly Random _random;
    private readonly Dictionary<string, (DeviceCharacter Character, TimeSpan? OffAt)> _devices = new(StringComparer.Ordinal);

    public RandomWorld(int seed)
    {
        _random = new Random(seed);
        Config = Levels([.. Enumerable.Range(0, _random.Next(1, 4)).Select(Level)]);
        Rig = new PlanRig(Config, Answer);
        Witness = new FenceWitness(Config, Rig);
    }

    private enum DeviceCharacter { Honest, Slow, Lying, Flapping, Failing, Late, Dead, Random }

    public FencePlanConfig Config { get; }

    public PlanRig Rig { get; }

    public FenceWitness Witness { get; }

    private FenceDeviceLimits[] Level(int level) =>
        [.. Enumerable.Range(0, _random.Next(1, 4)).Select(device => RandomDevice($"device-{level}-{device}"))];

    private FenceDeviceLimits RandomDevice(string name)
    {
        var characters = Enum.GetValues<DeviceCharacter>();
        _devices[name] = (characters[_random.Next(characters.Length)], null);
        return Device(name, _random.Next(1, 4), _random.Next(50, 1000), _random.Next(50, 2000), _random.Next(1, 200));
    }

    private (TimeSpan After, DeviceAnswer Answer)? Answer(FenceEffect.Command command, TimeSpan now)
    {
        var (character, offAt) = _devices[command.Device];
        if (command.Action == DeviceAction.Off) _devices[command.Device] = (character, offAt ?? now);
        var trueReading = offAt is null ? On : Off;
        var answer = command.Action == DeviceAction.Off ? Done : trueReading;
        return character switch
        {
            DeviceCharacter.Honest => (Quick(), answer),
            DeviceCharacter.Slow => (Quick(), answer == Off && now < offAt + Ms(1500) ? On : answer),
            DeviceCharacter.Lying => (Quick(), answer == Off ? On : answer),
            DeviceCharacter.Flapping => (Quick(), answer == Done || _random.Next(3) > 0 ? answer : Unreachable),
            DeviceCharacter.Failing => (Quick(), Unreachable),
            DeviceCharacter.Late => (Ms(_random.Next(1, 1500)), answer),
            DeviceCharacter.Dead => null,
            _ => _random.Next(10) == 0 ? null : (Ms(_random.Next(0, 1200)), new DeviceAnswer((DeviceReply)_random.Next(4), "random")),
        };
    }

    private TimeSpan Quick() => Ms(_random.Next(0, 60));
}
