using System.Globalization;
using System.Text;
using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Connections;

namespace HaLvs.Director.Commands.Ipvsadm.Output;

/// <summary>ipvsadm -L --timeout and -L --daemon.</summary>
internal static class StateText
{
    public static string Timeouts(ConnectionTimeouts timeouts) => string.Create(CultureInfo.InvariantCulture,
        $"Timeout (tcp tcpfin udp): {(long)timeouts.Tcp.TotalSeconds} {(long)timeouts.TcpFin.TotalSeconds} {(long)timeouts.Udp.TotalSeconds}\n");

    /// <summary>The master first, as the kernel lists them.</summary>
    public static string Daemons(IEnumerable<SyncDaemon> daemons)
    {
        StringBuilder text = new();
        foreach (SyncDaemon daemon in daemons.OrderByDescending(d => d.Master))
        {
            text.Append(CultureInfo.InvariantCulture, $"{(daemon.Master ? "master" : "backup")} sync daemon (mcast={daemon.Interface}, syncid={daemon.SyncId}");
            text.Append(CultureInfo.InvariantCulture, $", maxlen={daemon.MaximumLength}, group={daemon.Group}, port={daemon.Port}, ttl={daemon.Ttl})\n");
        }

        return text.ToString();
    }
}
