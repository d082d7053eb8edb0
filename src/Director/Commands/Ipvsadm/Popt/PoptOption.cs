namespace HaLvs.Director.Commands.Ipvsadm.Popt;

/// <summary>One option of a command line.</summary>
/// <param name="Letter">'\0': only the long name.</param>
internal sealed record PoptOption(string Name, char Letter, PoptArgument Argument, OptionTag Tag);
