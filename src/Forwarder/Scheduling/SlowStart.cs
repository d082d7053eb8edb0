using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Scheduling;

/// <summary>
/// A server that is new, or whose weight rises from 0, gets a share of its service that grows to its weight over the duration. Shares are integers
/// and most weights are 1, so in a service that starts servers slowly a full share is the weight times <see cref="Steps"/>, and a starting one the
/// weight times the steps that it has taken. Without a duration shares are weights, as in the kernel.
/// </summary>
internal sealed class SlowStart
{
    public const int Steps = 20;
    private long _duration;
    private bool _anyStarting;

    /// <summary>Zero: off. Servers on their way go on at the new pace. True when shares have changed.</summary>
    public bool SetDuration(TimeSpan duration, ReadOnlySpan<RealServer> servers)
    {
        bool wasOn = _duration > 0;
        _duration = (long)duration.TotalMilliseconds;
        bool isOn = _duration > 0;
        if (isOn == wasOn)
        {
            return false;
        }

        foreach (RealServer server in servers)
        {
            server.Ramp = isOn ? Steps : 1;
        }

        return true;
    }

    /// <summary>Its first step is free, or it would get nothing at all; the clock runs from the next <see cref="Advance"/>.</summary>
    public void Begin(RealServer server)
    {
        server.Ramp = 1;
        server.RampBegan = null;
        _anyStarting = _duration > 0;
    }

    /// <summary>True when a share has changed.</summary>
    public bool Advance(ReadOnlySpan<RealServer> servers, long now)
    {
        if (!_anyStarting)
        {
            return false;
        }

        bool changed = false;
        _anyStarting = false;
        foreach (RealServer server in servers)
        {
            int before = server.Ramp;
            server.Ramp = StepOf(server, now);
            changed |= server.Ramp != before;
            _anyStarting |= _duration > 0 && server.Ramp < Steps;
        }

        return changed;
    }

    private int StepOf(RealServer server, long now)
    {
        if (_duration == 0 || server.Ramp == Steps)
        {
            return server.Ramp;
        }

        server.RampBegan ??= now;
        return (int)Math.Clamp(1 + ((now - server.RampBegan.Value) * (Steps - 1) / _duration), server.Ramp, Steps);
    }
}
