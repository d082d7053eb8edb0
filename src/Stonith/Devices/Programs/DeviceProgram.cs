namespace HaLvs.Stonith.Devices.Programs;

/// <summary>What to run for one action. The argument list is visible to every user of the machine (ps): secrets go to <paramref name="Input"/> only.</summary>
/// <param name="Input">Written to standard input, then closed.</param>
/// <param name="Lifetime">Beyond it the program and its children die even when nobody is left to kill them.</param>
internal sealed record DeviceProgram(string Path, IReadOnlyList<string> Arguments, string Input, TimeSpan Lifetime);
