using System.Runtime.Versioning;
using HaLvs.Director;
using HaLvs.Director.Commands;

[assembly: SupportedOSPlatform("linux")]

return await CommandLine.RunAsync(args, new CommandHost { Run = DirectorHost.RunAsync });
