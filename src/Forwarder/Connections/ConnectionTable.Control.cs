using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Connections;

/// <summary>
/// Flows that hold others: a connection its persistence template, an FTP data connection its control connection (ip_vs_control_add of
/// include/net/ip_vs.h). What is held does not end by its timer.
/// </summary>
internal sealed partial class ConnectionTable
{
    /// <summary>What a held flow is given when its timer has run out, again and again (expire_later of ip_vs_conn.c).</summary>
    private const uint HeldMilliseconds = 60_000;

    /// <summary>From now on <paramref name="slot"/> holds <paramref name="controller"/>.</summary>
    public void Control(int slot, int controller)
    {
        if (slot == controller)
        {
            return; // It would never end.
        }

        ref Flow flow = ref _flows[slot];
        ref Flow held = ref _flows[controller];
        Release(slot, ref flow);
        flow.ControllerSlot = controller;
        flow.ControllerStamp = held.Stamp;
        held.Controlled += Holds(in flow) ? 1 : 0;
        if (flow.State == ConnectionState.Listen)
        {
            Announce(slot, ref flow);
        }

        if (held.Kind == ConnectionKind.Template)
        {
            flow.Traits |= ConnectionTraits.HoldsTemplate;
        }
    }

    /// <summary>Slot of the flow that controls this one, or 0.</summary>
    public int ControllerOf(in Flow flow)
    {
        int controller = flow.ControllerSlot;
        return controller != 0 && _flows[controller].InUse && _flows[controller].Stamp == flow.ControllerStamp ? controller : 0;
    }

    /// <summary>The timer of a template begins again: with each new connection that it chooses a server for.</summary>
    public void Rearm(int slot, long now)
    {
        ref Flow flow = ref _flows[slot];
        SetExpiry(slot, ref flow, FullTimeoutOf(in flow), now);
    }

    /// <summary>A connection of the template was completed: it is spared when memory is short (ip_vs_control_assure_ct).</summary>
    public void AssureTemplateOf(in Flow flow)
    {
        int template = ControllerOf(in flow);
        if (template != 0 && _flows[template] is { Kind: ConnectionKind.Template, State: ConnectionState.None })
        {
            ChangeState(template, ref _flows[template], ConnectionState.Assured);
        }
    }

    /// <summary>
    /// Nothing finds the template any more: its ports become 65535, as the kernel lists it. It ends by its timer; one with a Call-ID at once when nothing holds
    /// it, because places for Call-IDs are few and a call that two servers claim could set one aside with every message.
    /// </summary>
    public void SetAside(int slot)
    {
        ref Flow flow = ref _flows[slot];
        if (flow.Call != 0 && flow.Controlled == 0)
        {
            Remove(slot);
            return;
        }

        Log.Deleted(slot);
        Unfile(slot);
        flow.VirtualPort = ushort.MaxValue;
        flow.ServerPort = ushort.MaxValue;
        File(slot);
        flow.LogSequence = -1;
        Log.Changed(slot);
    }

    /// <summary>Ends a flow before its time. A template that it held, that nothing else holds and that was never assured ends with it.</summary>
    public void End(int slot)
    {
        int controller = Holds(in _flows[slot]) ? ControllerOf(in _flows[slot]) : 0;
        Remove(slot);
        if (controller != 0 && _flows[controller] is { Controlled: 0, Kind: ConnectionKind.Template, State: ConnectionState.None })
        {
            Remove(controller);
        }
    }

    private static void Bind(RealServer server, in Flow flow)
    {
        if ((flow.Traits & ConnectionTraits.OnePacket) != 0)
        {
            server.CountOnePacketFlow(1);
        }
        else if (flow.Kind == ConnectionKind.Template)
        {
            server.CountTemplate(1);
        }
        else
        {
            server.Bind(flow.State);
        }
    }

    private static void Unbind(RealServer server, in Flow flow)
    {
        if ((flow.Traits & ConnectionTraits.OnePacket) != 0)
        {
            server.CountOnePacketFlow(-1);
        }
        else if (flow.Kind == ConnectionKind.Template)
        {
            server.CountTemplate(-1);
        }
        else
        {
            server.Unbind(flow.State);
        }
    }

    private void Release(int slot, ref Flow flow)
    {
        int controller = ControllerOf(in flow);
        Begun(slot, ref flow);
        flow.ControllerSlot = 0;
        if (controller != 0)
        {
            _flows[controller].Controlled -= Holds(in flow) ? 1 : 0;
        }
    }

    /// <summary>The way back of one datagram knows its template, to assure it, but does not keep it: in the kernel it is gone with the datagram.</summary>
    private static bool Holds(in Flow flow) => (flow.Traits & ConnectionTraits.OnePacket) == 0;

    private void File(int slot)
    {
        if (_flows[slot].Call != 0)
        {
            Calls.File(_flows[slot].Call);
            return;
        }

        _outside.Add(slot);
        _inside.Add(slot);
    }

    private void Unfile(int slot)
    {
        if (_flows[slot].Call != 0)
        {
            Calls.Unfile(_flows[slot].Call);
            return;
        }

        _outside.Remove(slot);
        _inside.Remove(slot);
    }

    /// <summary>A flow's time-out when nothing has shortened it: its own, or its state's.</summary>
    private uint FullTimeoutOf(in Flow flow) => flow.OwnTimeout != 0 ? flow.OwnTimeout : _timeouts[(int)flow.State];

    /// <summary>A packet came: what its holders gave it last ends. Templates and ways back of one datagram have a time-out of their own.</summary>
    private static void ForgetHeldTimeout(ref Flow flow)
    {
        if (flow.OwnTimeout != 0 && flow.Kind != ConnectionKind.Template && (flow.Traits & ConnectionTraits.OnePacket) == 0)
        {
            flow.OwnTimeout = 0;
        }
    }

    private void ExpireLater(int slot, ref Flow flow, long now)
    {
        flow.OwnTimeout = HeldMilliseconds;
        SetExpiry(slot, ref flow, HeldMilliseconds, now);
        Log.Changed(slot);
    }
}
