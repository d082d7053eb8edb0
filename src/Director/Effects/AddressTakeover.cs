using System.Collections.Immutable;
using System.Net;
using HaLvs.Director.Configuration;
using HaLvs.Linux;
using HaLvs.Linux.Netlink;

namespace HaLvs.Director.Effects;

/// <summary>
/// Takes and releases the virtual addresses and the gateway in the kernel. Life: <see cref="Prepare"/> once, after the TUN device is open;
/// then take, announce, release, relay in any order and number; <see cref="Dispose"/> at the end.
/// <para>One thread, the node loop; each call takes a few milliseconds at most. Every call is idempotent. A process that is killed at any point
/// leaves entries that carry <see cref="TakeoverNumbers.Protocol"/>, and a journal; the next Prepare removes them.</para>
/// <para>The caller owns forwarding itself: it is on before <see cref="Take"/> and off before <see cref="Release"/> (I1, I7).</para>
/// </summary>
public sealed class AddressTakeover : IDisposable
{
    public const string DefaultTunName = "halvs0";

    private static readonly TimeSpan PeerResolution = TimeSpan.FromMilliseconds(20);
    private static readonly Version MarkedAddresses = new(5, 18);

    private readonly NetworkModel _model;
    private readonly string _tun;
    private readonly Rtnetlink _netlink = new();
    private readonly TakeoverEntries _entries;
    private readonly AddressAnnouncer _announcer;
    private readonly KernelSettings _settings;
    private readonly TakeoverJournal _journal;

    /// <summary>Only before Linux 5.18, where an address carries no mark: the journal says that the gateway is ours.</summary>
    private bool _unmarkedGatewayIsOurs;

    /// <summary>From here on there may be something to restore.</summary>
    private bool _journalled;

    private bool _prepared;

    private bool _disposed;

    /// <summary>Works in the network namespace of the calling thread.</summary>
    /// <param name="journalPath">On a file system that a reboot empties. Default: in /run/halvs, one file per network namespace.</param>
    public AddressTakeover(NetworkModel model, string tunName = DefaultTunName, string? journalPath = null)
    {
        _model = model;
        _tun = tunName;
        _entries = new TakeoverEntries(model, tunName, _netlink);
        _announcer = new AddressAnnouncer(model, _netlink);
        _settings = new KernelSettings(model.External, model.Internal, tunName, withIpv6: model.Gateway6 is not null);
        _journal = new TakeoverJournal(journalPath ?? TakeoverJournal.DefaultPath());
    }

    /// <summary>
    /// Removes what a previous process left, checks that interfaces are there and that nobody else holds the addresses, remembers and sets
    /// the sysctls, brings the TUN up. Throws <see cref="LinuxException"/> with all findings, one a line, and then has changed nothing
    /// but the leftovers.
    /// </summary>
    public void Prepare()
    {
        if (_prepared)
            return;
        _journal.Load();
        bool marks = Environment.OSVersion.Version >= MarkedAddresses;
        _unmarkedGatewayIsOurs = !marks && _journal.Gateway == GatewayEntry;
        RemoveEverything();
        ThrowIfAny(CheckInterfaces());
        ThrowIfAny(_settings.Obstacles());
        ThrowIfAny(new ForeignEntries(_model, _netlink).Find());
        _settings.Changes.Adopt(_journal.Sysctls);
        _settings.Remember();
        _journal.Save(GatewayEntry, _settings.Changes.Originals);
        _journalled = true;
        _unmarkedGatewayIsOurs = !marks;
        _settings.Apply(_netlink);
        _announcer.Open();
        _prepared = true;
    }

    /// <summary>
    /// Puts up, in this order: the ways into the core, the gateway, the virtual addresses, so that nobody is answered before packets can
    /// go all the way. Then call <see cref="Announce"/>. Returns null, or why not; then nothing is up.
    /// </summary>
    public string? Take()
    {
        try
        {
            RequirePrepared();
            _entries.PutRoutes(null, null);
            _entries.RemoveRelay();
            _entries.PutGateways(_unmarkedGatewayIsOurs);
            _entries.PutProxies();
            return null;
        }
        catch (LinuxException error)
        {
            return Release(holdForHandover: false) is { } left ? $"{error.Message} And: {left}" : error.Message;
        }
    }

    /// <summary>
    /// One burst of gratuitous ARP and neighbour advertisements for every virtual address and the gateway, only while they are ours to announce. The caller repeats it
    /// after 1 s and then slowly. Returns null, or why it could not be sent (the addresses stay up).
    /// </summary>
    public string? Announce()
    {
        try
        {
            RequirePrepared();
            if (_entries.Standing(routesToo: false, _unmarkedGatewayIsOurs).Length == 0)
                return "the addresses are not up on this node: nothing was announced";
            _announcer.Announce();
            return null;
        }
        catch (LinuxException error)
        {
            return error.Message;
        }
    }

    /// <summary>
    /// Takes the addresses down and reads back from the kernel that they are gone. With <paramref name="holdForHandover"/> the ways into the
    /// core stay, so that packets that still arrive wait in the TUN's queue. Returns null when verified gone, or what is left and why.
    /// </summary>
    public string? Release(bool holdForHandover)
    {
        try
        {
            _entries.RemoveAddresses(_unmarkedGatewayIsOurs);
            if (!holdForHandover)
                _entries.RemoveRoutes();
            ImmutableArray<string> left = _entries.Standing(routesToo: !holdForHandover, _unmarkedGatewayIsOurs);
            return left.IsEmpty ? null : $"still there after the release: {string.Join("; ", left)}";
        }
        catch (LinuxException error)
        {
            return error.Message;
        }
    }

    /// <summary>
    /// After a release that holds, once the peer serves: packets that the caller writes back to the TUN unchanged, and those that still
    /// reach our hardware address, go to the peer untranslated. The caller bounds it with <see cref="StopRelay"/>.
    /// Addresses are the peer's own on each network. Returns null, or why not.
    /// </summary>
    public string? Relay(IPAddress peerExternal, IPAddress peerInternal)
    {
        try
        {
            RequirePrepared();
            if (!_entries.Standing(routesToo: false, _unmarkedGatewayIsOurs).IsEmpty)
                return "the addresses are still up on this node: release them before relaying";
            ResolvePeer(peerExternal, peerInternal);
            _entries.PutRelay(peerExternal, peerInternal);
            _entries.PutRoutes(peerExternal, peerInternal);
            return null;
        }
        catch (LinuxException error)
        {
            return error.Message;
        }
    }

    /// <summary>Ends a relay, or lets go of what was held; verified like <see cref="Release"/>.</summary>
    public string? StopRelay() => Release(holdForHandover: false);

    /// <summary>This node's first own address on each network, for the peer's <see cref="Relay"/>; null where it has none.</summary>
    public (IPAddress? External, IPAddress? Internal) OwnAddresses() => (OwnAddress(_model.External), OwnAddress(_model.Internal));

    /// <summary>Releases everything and restores the sysctls. What could not be restored stays in the journal for the next start.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        bool clean = Release(holdForHandover: false) is null;
        if (_journalled && _settings.Changes.Restore().Count == 0 && clean)
            _journal.Delete();
        _journalled = _prepared = false;
        _announcer.Dispose();
        _netlink.Dispose();
    }

    private string GatewayEntry => $"{_model.GatewayText} {_model.Internal}";

    private void RequirePrepared()
    {
        if (!_prepared)
            throw new InvalidOperationException("Prepare() must come first.");
    }

    private void RemoveEverything()
    {
        if (Release(holdForHandover: false) is { } left)
            throw new LinuxException($"clean up after a previous director: {left}");
    }

    private IEnumerable<string> CheckInterfaces()
    {
        foreach ((string key, string name) in new[] { ("external", _model.External), ("internal", _model.Internal), ("TUN", _tun) })
        {
            Link? link = _netlink.FindLink(name);
            if (link is null)
                yield return $"there is no {key} interface {name}. `ip link` lists them; correct the configuration or bring it into being";
            else if (key != "TUN" && link.HardwareAddress.Length != Linux.Packets.HardwareAddress.Bytes)
                yield return $"the {key} interface {name} is not Ethernet; virtual addresses need ARP";
        }
    }

    /// <summary>Held packets must not overflow the queue of an unresolved neighbour. On a live network this is one exchange or none.</summary>
    private void ResolvePeer(IPAddress peerExternal, IPAddress peerInternal)
    {
        int outside = _netlink.Link(_model.External).Index, inside = _netlink.Link(_model.Internal).Index;
        (IPAddress Address, int Index)[] peers =
        [
            (peerExternal, outside), (peerInternal, inside), .. _model.VirtualAddresses.Where(IsV6).Select(a => (a, outside)),
            .. _model.Gateway6 is null ? Array.Empty<(IPAddress, int)>() : [(_model.Gateway6, inside)],
        ];
        foreach ((IPAddress address, int index) in peers)
            _netlink.StartResolving(address, index);
        TimeSpan deadline = MonotonicClock.Now + PeerResolution;
        while (MonotonicClock.Now < deadline && !peers.All(peer => _netlink.IsResolved(peer.Address, peer.Index)))
            Thread.Sleep(TimeSpan.FromMilliseconds(0.1));
    }

    private IPAddress? OwnAddress(string interfaceName) =>
        _netlink.FindLink(interfaceName) is not { } link ? null : _netlink.Addresses(link.Index)
            .FirstOrDefault(a => a.Protocol != TakeoverNumbers.Protocol && !a.Address.Equals(_model.Gateway))?.Address;

    private static bool IsV6(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    private static void ThrowIfAny(IEnumerable<string> findings)
    {
        string[] all = [.. findings];
        if (all.Length > 0)
            throw new LinuxException(string.Join('\n', all));
    }
}
