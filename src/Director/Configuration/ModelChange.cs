using System.Collections.Immutable;

namespace HaLvs.Director.Configuration;

/// <summary>
/// What a reload would change. Services, servers, checks and masquerading change while connections go on; the rest is bound to sockets, devices and
/// the pair's protocol and needs a restart. A reload with such a change is refused whole, naming each key (I12).
/// </summary>
/// <param name="Applied">What changes at run time, one line each.</param>
/// <param name="NeedsRestart">What cannot, one line each, beginning with the key.</param>
public sealed record ModelChange(ImmutableArray<string> Applied, ImmutableArray<string> NeedsRestart)
{
    public bool IsAllowed => NeedsRestart.IsEmpty;

    public bool IsEmpty => Applied.IsEmpty && NeedsRestart.IsEmpty;

    /// <summary>For the outcome of halvs reload.</summary>
    public string Text => !IsAllowed
        ? $"not reloaded, nothing changed; these need a restart, one node after the other (halvs switchover first):\n{string.Join('\n', NeedsRestart)}"
        : Applied.IsEmpty ? "nothing changed" : string.Join('\n', Applied);

    public static ModelChange Between(DirectorModel old, DirectorModel @new)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(@new);
        return new ModelChange(
            [.. Masquerade(old, @new), .. ServiceChange.Between(old.Services, @new.Services), .. Checks(old, @new), .. Marks(old, @new), .. SettingsChange.Between(old, @new)],
            [.. RestartKeys.Between(old, @new)]);
    }

    private static IEnumerable<string> Masquerade(DirectorModel old, DirectorModel @new) =>
        old.Network.Masquerade == @new.Network.Masquerade ? [] : [$"network.masquerade: {(@new.Network.Masquerade ? "on" : "off")} for new connections"];

    private static IEnumerable<string> Marks(DirectorModel old, DirectorModel @new) =>
        old.Marks.SequenceEqual(@new.Marks) ? [] : [$"mark: {@new.Marks.Length} rules for new connections, before {old.Marks.Length}"];

    private static IEnumerable<string> Checks(DirectorModel old, DirectorModel @new) =>
        old.Checks.SequenceEqual(@new.Checks) ? [] : ["service.check: checks of real servers changed"];
}
