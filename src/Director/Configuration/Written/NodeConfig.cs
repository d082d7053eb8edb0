using System.Net;
using HaLvs.Director.Configuration.Issues;

namespace HaLvs.Director.Configuration.Written;

/// <param name="At">The header of the table.</param>
/// <param name="LinksGiven">The key is there, even if its links are unreadable or none.</param>
/// <param name="FenceGiven">Devices or "none" are there, even if unreadable.</param>
/// <param name="WithoutFence">fence = "none".</param>
internal sealed record NodeConfig(
    Position At,
    Setting<string>? Name,
    Setting<IPEndPoint>? Sync,
    bool SyncGiven,
    IReadOnlyList<Setting<LinkModel>> Links,
    bool LinksGiven,
    IReadOnlyList<FenceConfig> Fence,
    bool FenceGiven,
    Setting<string>? WithoutFence)
{
    public string ShownName => Name?.Value ?? "without a name";
}
