namespace HaLvs.Director.Commands.Ipvsadm.Popt;

/// <summary>Whether an option takes an argument.</summary>
internal enum PoptArgument
{
    None,
    Required,

    /// <summary>The next word, unless it begins with a hyphen.</summary>
    Optional,
}
