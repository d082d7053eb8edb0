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
    private const int MostNotes = 1000;

    public ImmutableArray<VirtualServiceConfig> FileServices { get; init; } = [];

    public ConnectionTimeouts FileTimeouts { get; init; } = new();

    public ImmutableArray<SyncDaemon> Daemons { get; init; } = [];

    /// <summary>Newest last.</summary>
    public ImmutableArray<ChangeNote> Notes { get; init; } = [];

    public bool Drifts => !TableMerge.Same(FileServices, Services) || FileTimeouts != Timeouts;

    /// <summary>With what one transaction changed; the oldest notes are forgotten.</summary>
    public RuntimeSnapshot WithNotes(IEnumerable<ChangeNote> notes) =>
        this with { Notes = [.. Notes.Concat(notes).TakeLast(MostNotes)] };

    public RuntimeTable ToMessage()
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
        message.Notes.AddRange(Notes);
        return message;
    }

    /// <exception cref="InvalidDataException">An address of no known length.</exception>
    public static RuntimeSnapshot From(RuntimeTable message) => new(
        message.Version, message.Epoch, [.. message.Services.Select(ServiceTranslation.FromMessage)], ServiceTranslation.FromMessage(message.Timeouts ?? new TimeoutValues()))
    {
        FileServices = [.. message.FileServices.Select(ServiceTranslation.FromMessage)],
        FileTimeouts = ServiceTranslation.FromMessage(message.FileTimeouts ?? new TimeoutValues()),
        Daemons = [.. message.Daemons.Select(ServiceTranslation.FromMessage)],
        Notes = [.. message.Notes],
    };
}
