namespace HaLvs.Director.Commands.Ipvsadm;

/// <summary>ipvsadm ends here and now, also in the middle of a restore: usage errors, help, version, a listing of a missing service.</summary>
internal sealed class IpvsadmExit : Exception
{
    public IpvsadmExit(int code, string error = "", string output = "") : base(error) => (Code, Output) = (code, output);

    public IpvsadmExit(string message, Exception inner) : base(message, inner)
    {
    }

    public IpvsadmExit()
    {
    }

    public int Code { get; }

    public string Output { get; } = "";

    /// <summary>A wrong use of the command line: one line, exit status 2.</summary>
    public static IpvsadmExit Usage(string text) => new(2, text + "\n");

    /// <summary>The command cannot even be recognised: the way to help, exit status 255.</summary>
    public static IpvsadmExit TryHelp() => new(255, "Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n");
}
