using System.Text;
using HaLvs.Director.Commands.Ipvsadm.Naming;
using HaLvs.Director.Runtime;
using HaLvs.Forwarder.Connections;
using HaLvs.Forwarder.Services;

namespace HaLvs.Director.Commands.Ipvsadm.Output;

/// <summary>The table as ipvsadm 1.31 prints it, in each of its formats, and as the rules of --save.</summary>
internal sealed class TableText(INameSource names, ListingFormat format)
{
    private readonly ServerText _servers = new(names, format);

    private bool IsRules => format.HasFlag(ListingFormat.Rules);

    /// <param name="only">One service, then without the line about IPVS itself; null: all.</param>
    public string Render(TableContents contents, ServiceListing? only)
    {
        StringBuilder text = new();
        if (IsRules)
        {
            text.Append(TimeoutRule(contents.Timeouts));
        }
        else
        {
            text.Append(only is null ? $"IP Virtual Server version 1.2.1 (size={FixedWidth.Number(contents.Capacity)})\n" : "").Append(Title());
        }

        foreach (ServiceListing service in only is null ? Ordered(contents) : [only])
        {
            Append(text, service);
        }

        return text.ToString();
    }

    private IEnumerable<ServiceListing> Ordered(TableContents contents) =>
        format.HasFlag(ListingFormat.NoSort) ? contents.Services : ListingOrder.Services(contents.Services);

    /// <summary>ipvsadm -S loses time-outs that were set; a line that every ipvsadm -R takes keeps them (ADR 0016).</summary>
    private static string TimeoutRule(ConnectionTimeouts timeouts) => timeouts == new ConnectionTimeouts()
        ? ""
        : $"--set {FixedWidth.Number((long)timeouts.Tcp.TotalSeconds)} {FixedWidth.Number((long)timeouts.TcpFin.TotalSeconds)} "
            + $"{FixedWidth.Number((long)timeouts.Udp.TotalSeconds)}\n";

    private string Title()
    {
        string service = FixedWidth.Left("Prot LocalAddress:Port", 33);
        const string server = "  -> RemoteAddress:Port";
        return Kind switch
        {
            ListingFormat.Stats => $"{service}    Conns   InPkts  OutPkts  InBytes OutBytes\n{server}\n",
            ListingFormat.Rate => $"{service}      CPS    InPPS   OutPPS    InBPS   OutBPS\n{server}\n",
            ListingFormat.Thresholds => $"{service} Uthreshold Lthreshold ActiveConn InActConn \n{server}\n",
            ListingFormat.PersistentConnections => $"{service} Weight    PersistConn ActiveConn InActConn \n{server}\n",
            ListingFormat.TunnelInfo => $"Prot LocalAddress:Port Scheduler Flags\n{server}           Forward TunnelInfo    Weight ActiveConn InActConn\n",
            _ => $"Prot LocalAddress:Port Scheduler Flags\n{server}           Forward Weight ActiveConn InActConn\n",
        };
    }

    private ListingFormat Kind => FormatKind.Of(format);

    private void Append(StringBuilder text, ServiceListing listing)
    {
        VirtualServiceConfig service = listing.Service;
        string option = ServiceText.Option(service, names, format);
        text.Append(IsRules ? $"-A {option}{ServiceText.Rule(service)}" : Line(listing)).Append('\n');
        foreach (ServerListing server in format.HasFlag(ListingFormat.NoSort) ? [.. listing.Servers] : ListingOrder.Servers(listing.Servers))
        {
            text.Append(IsRules ? _servers.Rule(option, service, server.Server) : _servers.Line(service, server)).Append('\n');
        }
    }

    private string Line(ServiceListing listing)
    {
        string name = ServiceText.Name(listing.Service, names, format);
        return Kind switch
        {
            ListingFormat.Stats => FixedWidth.Left(name, 33) + Figures(listing.Totals.Connections, listing.Totals.InPackets, listing.Totals.OutPackets,
                listing.Totals.InBytes, listing.Totals.OutBytes),
            ListingFormat.Rate => FixedWidth.Left(name, 33) + Figures(listing.Rates.Connections, listing.Rates.InPackets, listing.Rates.OutPackets,
                listing.Rates.InBytes, listing.Rates.OutBytes),
            _ => name + ServiceText.Settings(listing.Service),
        };
    }

    private string Figures(params long[] figures) => string.Concat(figures.Select(f => FixedWidth.Large(f, format.HasFlag(ListingFormat.Exact))));
}
