using System.IO.Ports;

namespace HaLvs.Director.Configuration.Live;

/// <summary>
/// The serial line can be opened at its rate. Not when somebody has it open: opening and closing would change the line's settings and drop
/// its modem lines under a running heartbeat.
/// </summary>
internal static class SerialCheck
{
    public static LiveCheck For(LinkModel.Serial link) => new($"serial line {link.Device}", _ => Task.FromResult(Look(link)));

    private static LiveResult Look(LinkModel.Serial link)
    {
        if (!File.Exists(link.Device))
        {
            return LiveResult.Failed("does not exist; look for the device with ls -l /dev/ttyS* /dev/ttyUSB*, and at the adapter");
        }

        string device = File.ResolveLinkTarget(link.Device, returnFinalTarget: true)?.FullName ?? link.Device;
        return OpenFileHolder.Of(t => t == device) switch
        {
            { IsDirector: true } director => LiveResult.Ok($"held by the running director, {director.Text}"),
            { } other => LiveResult.Failed($"is taken by {other.Text}; a login prompt? stop it, for example: systemctl disable --now serial-getty@{Path.GetFileName(device)}"),
            null => Open(link),
        };
    }

    private static LiveResult Open(LinkModel.Serial link)
    {
        try
        {
            using var port = new SerialPort(link.Device, link.Baud);
            port.Open();
            return LiveResult.Ok($"opens at {link.Baud} baud");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return LiveResult.Failed($"does not open at {link.Baud} baud: {exception.Message}; is it a serial line, and are you root?");
        }
    }
}
