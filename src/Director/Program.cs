using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using HaLvs.Director.Commands;

[assembly: SupportedOSPlatform("linux")]
[assembly: InternalsVisibleTo("HaLvs.Director.Tests")]

return await CommandLine.RunAsync(args, new CommandHost());
