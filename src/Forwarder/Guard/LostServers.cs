using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Forwarder.Guard;

/// <summary>
/// Servers whose connections are to end, and the walk through the table that finds them: so many flows per call that packets never wait, a million
/// flows within a second. A server lost while the walk is under way is looked for until the walk has come round to where it began.
/// </summary>
internal sealed class LostServers(ConnectionTable connections, ServerRegistry servers, ConnectionEnding ending)
{
    public const int SlotsPerCall = 2048;
    public const int ResetsPerCall = 128;
    private readonly HashSet<RealServer> _lost = [];
    private int _cursor;
    private int _left;

    public bool HasWork => _left > 0;

    public void Add(RealServer server)
    {
        _lost.Add(server);
        _left = connections.Flows.HighWater;
    }

    /// <summary>It is back: connections that are made from now on are good.</summary>
    public void Forget(RealServer server) => _lost.Remove(server);

    public void Work(long now)
    {
        int resets = ResetsPerCall;
        for (int slots = Math.Min(SlotsPerCall, _left); slots > 0 && resets > 0; slots--)
        {
            int slot = _cursor >= connections.Flows.HighWater ? 1 : _cursor + 1;
            ref Flow flow = ref connections[slot];
            if (flow.InUse && flow.ServerSlot != 0 && _lost.Contains(servers[flow.ServerSlot]))
            {
                resets--;
                if (!ending.Reset(slot, now))
                {
                    return;
                }
            }

            _cursor = slot;
            _left--;
        }

        if (_left == 0)
        {
            _lost.Clear();
        }
    }
}
