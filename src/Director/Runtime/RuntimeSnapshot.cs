using System.Collections.Immutable;
using HaLvs.Director.Runtime.V1;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Runtime;

/// <summary>The table as it runs, the file's table that it was derived from, and who changed what. Immutable.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="Epoch">Of the node's service when it changed.</param>
internal sealed record RuntimeSnapshot(ulong Version, ulong Epoch, ImmutableArray<VirtualServiceConfig> Services, ConnectionTimeouts Timeouts)
{
    /// <summary>On the wire and on disk; some 70,000 servers.</summary>
    public const int LargestBytes = 2 * 1024 * 1024;

    private const int MostNotes = 1000;

    public ImmutableArray<VirtualServiceConfig> FileServices { get; init; } = [];

    public ConnectionTimeouts FileTimeouts { get; init; } = new();

    public ImmutableArray<SyncDaemon> Daemons { get; init; } = [];

    public ImmutableArray<DrainOrder> Drains { get; init; } = [];

    /// <summary>Newest last.</summary>
    public ImmutableArray<ChangeNote> Notes { get; init; } = [];

    public bool Drifts => !TableMerge.Same(FileServices, Services) || FileTimeouts != Timeouts || !Drains.IsEmpty;

    /// <summary>Whether anything that is kept differs; the file's part and the notes do not count.</summary>
    public bool Runs(RuntimeSnapshot other) => TableMerge.Same(Services, other.Services) && Timeouts == other.Timeouts
        && Daemons.SequenceEqual(other.Daemons) && Drains.SequenceEqual(other.Drains);

    /// <summary>With what one transaction changed; the oldest notes are forgotten.</summary>
    public RuntimeSnapshot WithNotes(IEnumerable<ChangeNote> notes) =>
        this with { Notes = [.. Notes.Concat(notes).TakeLast(MostNotes)] };

    /// <param name="now">Milliseconds of the data plane's clock: deadlines travel as what is left of them.</param>
    public RuntimeTable ToMessage(long now)
    {
        RuntimeTable message = new()
        {
            Version = Version,
            Epoch = Epoch,
            Timeouts = ServiceTranslation.ToMessage(Timeouts),
            FileTimeouts = ServiceTranslation.ToMessage(FileTimeouts),
        };
        message.Services.AddRange(Services.Select(ServiceTranslation.ToMessage));
        message.FileServices.AddRange(FileServices.Select(ServiceTranslation.ToMessage));
        message.Daemons.AddRange(Daemons.Select(ServiceTranslation.ToMessage));
        message.Drains.AddRange(Drains.Select(d => d.ToMessage(now)));
        message.Notes.AddRange(Notes);
        return message;
    }

    /// <exception cref="InvalidDataException">An address of no known length.</exception>
    public static RuntimeSnapshot From(RuntimeTable message, long now) => new(
        message.Version, message.Epoch, [.. message.Services.Select(ServiceTranslation.FromMessage)], ServiceTranslation.FromMessage(message.Timeouts ?? new TimeoutValues()))
    {
        FileServices = [.. message.FileServices.Select(ServiceTranslation.FromMessage)],
        FileTimeouts = ServiceTranslation.FromMessage(message.FileTimeouts ?? new TimeoutValues()),
        Daemons = [.. message.Daemons.Select(ServiceTranslation.FromMessage)],
        Drains = [.. message.Drains.Select(d => DrainOrder.From(d, now))],
        Notes = [.. message.Notes],
    };
}
