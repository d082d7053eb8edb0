namespace HaLvs.Forwarder;

/// <summary>What protects the table and ends connections.</summary>
public sealed partial class ForwardingCore
{
    private void ConfigureGuard()
    {
        _defense.Configure(Options.Ipvs);
        _connections.Limits.Configure(Options.ClientLimits);
    }

    private void GuardTick(long now)
    {
        _defense.Tick(now);
        _connections.WatchFill(now);
    }
}
