using System.Net;
using HaLvs.Director.Loops;
using HaLvs.Director.Loops.Links;
using HaLvs.Director.Reports;
using HaLvs.Director.State;
using HaLvs.Director.Sync;
using HaLvs.Heartbeat;
using HaLvs.Heartbeat.Roles;

namespace HaLvs.Director.Effects;

/// <summary>
/// Carries out what the role machine asks for, in its order. Called by the node loop only. What is fast and must not wait happens here at once
/// (sending, the forwarding mode, the lease); what touches disk or netlink goes to the effect queue, which keeps the order; results are posted back.
/// </summary>
public sealed class NodeEffects(
    IReadOnlyList<IHeartbeatLink> links,
    ForwardLoop forwarding,
    AddressTakeover addresses,
    SyncEngine? sync,
    PeerFence? fence,
    DataPlaneWatch watch,
    EpochStore epochs,
    EffectLoop queue,
    EventLog events,
    Action<NodeInput> post,
    Action stopped)
{
    private int _releases;

    /// <summary>A release that cannot be verified is tried again by the machine; the shell never says released on its own.</summary>
    public void CarryOut(IReadOnlyList<NodeEffect> effects)
    {
        for (var i = 0; i < effects.Count; i++)
            CarryOut(effects[i]);
    }

    /// <summary>Lets the fence plan go on: wishes, answers of devices, time-outs, back-off.</summary>
    public void AdvanceFence() => fence?.Advance();

    private void CarryOut(NodeEffect effect)
    {
        switch (effect)
        {
            case NodeEffect.Send send:
                Send(send);
                break;
            case NodeEffect.RenewLease lease:
                forwarding.RenewLease(lease.Until);
                break;
            case NodeEffect.PersistEpoch persist:
                queue.Add(() => Persist(persist.Epoch));
                break;
            case NodeEffect.TakeAddresses take:
                var wish = Volatile.Read(ref _releases);
                queue.Add(() => Take(take.Epoch, wish));
                break;
            case NodeEffect.ReleaseAddresses release:
                Interlocked.Increment(ref _releases);
                forwarding.SetMode(ModeAfter(release));
                queue.Add(() => Release(release));
                break;
            case NodeEffect.RelayToPeer:
                queue.Add(Relay);
                break;
            case NodeEffect.StopRelay:
                queue.Add(() => Attempt("relay", EndRelay));
                break;
            case NodeEffect.Announce:
                queue.Add(() => Attempt("announce", addresses.Announce));
                break;
            case NodeEffect.DrainSync drain:
                if (sync is null)
                    post(new NodeInput.SyncDrained(false));
                else
                    sync.RequestDrain(drain.Within);
                break;
            case NodeEffect.Fence shoot:
                fence?.Start(shoot.Request);
                break;
            case NodeEffect.CancelFence cancel:
                fence?.Cancel(cancel.Request);
                break;
            case NodeEffect.ReadPower:
                fence?.ReadPower();
                break;
            case NodeEffect.WatchDataPlane look:
                watch.Watch(look.On);
                break;
            case NodeEffect.RoleChanged role:
                ChangeRole(role);
                break;
            case NodeEffect.Event entry:
                events.Add(entry.Severity, entry.Kind, entry.Text);
                if (entry is { Kind: "fence", Severity: EventSeverity.Warning })
                    fence?.Refused(entry.Text);
                break;
            case NodeEffect.Stopped:
                stopped();
                break;
            default:
                throw new InvalidOperationException($"the role machine asked for {effect.GetType().Name}, which nobody carries out");
        }
    }

    private void Send(NodeEffect.Send send)
    {
        if (send.Link >= 0)
        {
            links[send.Link].Send(send.Bytes);
            return;
        }
        foreach (var link in links)
            link.Send(send.Bytes);
    }

    private void Persist(ulong epoch)
    {
        string? error = null;
        try
        {
            epochs.WriteEpoch(epoch);
        }
        catch (Exception e)
        {
            error = e.Message;
        }
        post(new NodeInput.EpochPersisted(epoch, error));
    }

    /// <summary>Nothing is forwarded or taken any more, whatever still waits in the queue: a promise broke, or the process ends.</summary>
    public void Abandon()
    {
        Interlocked.Add(ref _releases, 1 << 20);
        forwarding.SetMode(ForwardingMode.Off);
    }

    /// <summary>Forwarding on, then the addresses, then the announcements (I7). An announcement that fails is repeated by the refresh.</summary>
    /// <param name="wish">Count of releases when the machine asked: a release asked for since then makes this taking void.</param>
    private void Take(ulong epoch, int wish)
    {
        string? error;
        try
        {
            sync?.SetRole(true, epoch);
            error = SwitchOn(wish) ?? addresses.Take();
        }
        catch (Exception e)
        {
            error = e.Message;
        }
        if (error is null)
            Attempt("announce", addresses.Announce);
        post(new NodeInput.AddressesTaken(epoch, error));
    }

    /// <summary>The count is looked at again after the switch: whoever releases raises it first and switches off after it.</summary>
    private string? SwitchOn(int wish)
    {
        const string Superseded = "a release was asked for meanwhile";
        if (Volatile.Read(ref _releases) != wish)
            return Superseded;
        forwarding.SetMode(ForwardingMode.Forward);
        if (Volatile.Read(ref _releases) == wish)
            return null;
        forwarding.SetMode(ForwardingMode.Off);
        return Superseded;
    }

    private static ForwardingMode ModeAfter(NodeEffect.ReleaseAddresses release) => release.HoldForHandover ? ForwardingMode.Hold : ForwardingMode.Off;

    private void Release(NodeEffect.ReleaseAddresses release)
    {
        string? error;
        try
        {
            forwarding.SetMode(ModeAfter(release));
            error = addresses.Release(release.HoldForHandover);
        }
        catch (Exception e)
        {
            error = e.Message;
        }
        post(new NodeInput.AddressesReleased(error));
    }

    private void Relay() => Attempt("relay", () =>
    {
        if (sync?.Peer is not { } peer || peer.External.Equals(IPAddress.Any) || peer.Internal.Equals(IPAddress.Any))
            return EndRelay() ?? "the peer has no address of its own in both networks: packets that still come here are dropped";
        var error = addresses.Relay(peer.External, peer.Internal);
        if (error is null)
            forwarding.SetMode(ForwardingMode.Relay);
        return error;
    });

    /// <summary>Takes down whatever is up; so it is refused, loudly, while this node serves.</summary>
    private string? EndRelay()
    {
        if (forwarding.Mode == ForwardingMode.Forward)
            return "a relay was to be ended while this node serves: nothing was done; please report this";
        forwarding.SetMode(ForwardingMode.Off);
        return addresses.StopRelay();
    }

    private void ChangeRole(NodeEffect.RoleChanged role)
    {
        events.Add(EventSeverity.Notice, "role", $"{Word(role.From)} → {Word(role.To)}: {role.Reason}");
        if (role.To is Role.Standby or Role.Passive or Role.Fencing && sync is not null)
            queue.Add(() => sync.SetRole(false, 0));
    }

    private void Attempt(string kind, Func<string?> action)
    {
        string? error;
        try
        {
            error = action();
        }
        catch (Exception e)
        {
            error = e.Message;
        }
        if (error is not null)
            events.Add(EventSeverity.Warning, kind, error);
    }

    private static string Word(Role role) => role.ToString().ToLowerInvariant();
}
