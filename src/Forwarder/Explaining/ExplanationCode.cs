namespace HaLvs.Forwarder.Explaining;

/// <summary>Reason codes of <see cref="ExplanationLine"/>: never renamed.</summary>
public static class ExplanationCode
{
    /// <summary>The destination is no address of ours: the packet goes its normal way.</summary>
    public const string NotOurs = "not-ours";
    public const string Existing = "existing-connection";

    /// <summary>The connection gives way to a new one: it is over, or its server takes none (conn_reuse_mode, expire_nodest_conn).</summary>
    public const string GivesWay = "connection-gives-way";

    /// <summary>The server of the connection is not configured any more: dropped silently (expire_nodest_conn 0).</summary>
    public const string ServerGone = "server-gone";
    public const string HoldsTemplate = "holds-template";
    public const string ControlledBy = "controlled-by";
    public const string MarkRule = "mark-rule";
    public const string MarkWithoutService = "mark-without-service";
    public const string ServiceByMark = "service-by-mark";
    public const string ServiceExact = "service-exact";
    public const string ServiceFtpData = "service-ftp-data";
    public const string ServiceAnyPort = "service-any-port";

    /// <summary>Answered like a closed port.</summary>
    public const string NoService = "no-service";

    /// <summary>Only persistent FTP services take data connections by their port.</summary>
    public const string FtpNotPersistent = "ftp-not-persistent";

    /// <summary>Source port 20 belongs to servers' FTP data connections.</summary>
    public const string FtpDataSource = "ftp-data-source";

    /// <summary>Not a packet that begins a connection.</summary>
    public const string OpensNothing = "opens-nothing";
    public const string ClientLimit = "client-limit";
    public const string Template = "template";
    public const string TemplateUnusable = "template-unusable";
    public const string NoTemplate = "no-template";

    /// <summary>The engine sip: the message decides, not the client.</summary>
    public const string ByCallId = "by-call-id";

    /// <summary>One line for each server of the service.</summary>
    public const string ServerState = "server";
    public const string Scheduled = "scheduled";

    /// <summary>Answered with ICMP port unreachable.</summary>
    public const string NoServer = "no-server";

    /// <summary>The server's address is a virtual one: dropped, it would come back for ever.</summary>
    public const string Loop = "loop";
}
