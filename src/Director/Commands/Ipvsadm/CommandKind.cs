namespace HaLvs.Director.Commands.Ipvsadm;

/// <summary>The commands of ipvsadm, in the order of its legality matrix.</summary>
internal enum CommandKind
{
    AddService,
    EditService,
    DeleteService,
    Clear,
    List,
    AddServer,
    DeleteServer,
    EditServer,
    SetTimeouts,
    StartDaemon,
    StopDaemon,
    Restore,
    Save,
    Zero,
}
