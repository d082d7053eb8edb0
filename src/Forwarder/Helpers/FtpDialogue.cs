namespace HaLvs.Forwarder.Helpers;

/// <summary>
/// What is known of a control connection besides its flow: unfinished lines and the latest replacements. It may be forgotten (and
/// does not travel to the standby): the flow alone has all that a connection needs whose lines are whole.
/// </summary>
internal struct FtpDialogue
{
    /// <summary>The flow that it belongs to, and the mark that the flow has of it: both must agree.</summary>
    public int Owner;
    public uint Stamp;

    public HeldLine Client;
    public HeldLine Server;

    /// <summary>Where in the server's stream a replacement was begun before the reply was complete; meaningful with the flag.</summary>
    public uint BegunAt;
    public bool Begun;

    /// <summary>What the server says, as the client is to read it.</summary>
    public ReplacedStream Replies;
}
