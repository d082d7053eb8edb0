using HaLvs.Director.Sync.V1;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Sync;

/// <summary>What the peer has said of itself, over whichever stream, and whether this Hello may follow it. Any thread.</summary>
internal sealed class PeerLedger(SyncIdentity identity, Action<EventSeverity, string> report)
{
    private readonly Lock _lock = new();
    private Hello? _last;
    private ulong _configurationHash = identity.ConfigurationHash;

    public PeerNetwork? Network { get; private set; }

    /// <summary>Ours; a reload changes it. Goes out with the next Hello.</summary>
    public ulong ConfigurationHash
    {
        get => Volatile.Read(ref _configurationHash);
        set => Volatile.Write(ref _configurationHash, value);
    }

    public Hello Greeting() => Wire.Greeting.From(identity, ConfigurationHash);

    /// <summary>Null when the Hello is the living peer's; then it is remembered. Otherwise why not.</summary>
    public string? Meet(Hello? hello)
    {
        if (Wire.Greeting.Refusal(identity, hello) is { } refusal) return refusal;
        lock (_lock)
        {
            if (IsOlderLife(hello!)) return $"it is life {hello!.Incarnation} of the peer's director, but life {_last!.Incarnation} was already met: an old process is still running there";
            if (_last?.ConfigurationHash != hello!.ConfigurationHash) CompareConfiguration(hello);
            _last = hello;
            Network = Wire.Greeting.Network(hello);
            return null;
        }
    }

    /// <summary>
    /// An older counter within one boot is a left-over process. After another boot it is a machine that was installed anew: the
    /// stream is fresh by TLS, so it cannot be a recording.
    /// </summary>
    private bool IsOlderLife(Hello hello) => _last is not null && hello.BootId == _last.BootId && hello.Incarnation < _last.Incarnation;

    private void CompareConfiguration(Hello hello)
    {
        if (hello.ConfigurationHash == ConfigurationHash) return;
        report(EventSeverity.Warning,
            $"sync: {identity.Peer} runs another configuration ({hello.ConfigurationHash:x16}, here {ConfigurationHash:x16}): copy the file and halvs reload there");
    }
}
