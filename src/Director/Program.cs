using System.Runtime.Versioning;
using HaLvs.Director;
using HaLvs.Director.Commands;
using HaLvs.Director.Commands.Ipvsadm;

[assembly: SupportedOSPlatform("linux")]

return await CommandLine.RunAsync(InvocationName.IsIpvsadm ? ["ipvsadm", .. args] : args, new CommandHost { Run = DirectorHost.RunAsync });
