namespace HaLvs.Director.Drills.Traffic;

/// <summary>Traffic that is under way, wherever it comes from.</summary>
public interface ITrafficSource : IAsyncDisposable
{
    int Connections { get; }

    /// <summary>Ends it and tells. Times are this machine's CLOCK_MONOTONIC.</summary>
    Task<TrafficReport> StopAsync();
}
