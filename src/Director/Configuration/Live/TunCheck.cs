using HaLvs.Linux;

namespace HaLvs.Director.Configuration.Live;

/// <summary>Makes a TUN interface, down and without addresses, and lets it go again.</summary>
internal static class TunCheck
{
    public static LiveResult Look()
    {
        // The process id makes the name free also while a director runs; 15 characters at most.
        using TunDevice device = TunDevice.Open($"hvchk{Environment.ProcessId % 1_000_000}");
        return LiveResult.Ok("can be opened");
    }
}
