using System.Runtime.Versioning;
using HaLvs.Director.Commands;

[assembly: SupportedOSPlatform("linux")]

return await CommandLine.RunAsync(args, new CommandHost());
