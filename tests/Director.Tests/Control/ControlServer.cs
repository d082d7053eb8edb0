using HaLvs.Director.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace HaLvs.Director.Tests.Control;

/// <summary>The control service over a real Unix socket, composed as the director composes it.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ControlSocketClaim _claim;
    private readonly string _folder;

    private ControlServer(WebApplication app, ControlSocketClaim claim, string folder)
    {
        _app = app;
        _claim = claim;
        _folder = folder;
    }

    public string Path => _claim.Path;

    public static async Task<ControlServer> StartAsync(IDirectorOperations operations)
    {
        string folder = Directory.CreateTempSubdirectory("halvs-control-").FullName;
        ControlSocketClaim claim = ControlSocketClaim.Take(System.IO.Path.Combine(folder, "control.sock"));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddControl(operations);
        builder.WebHost.ConfigureKestrel(k => k.ListenControl(claim));
        WebApplication app = builder.Build();
        app.MapControl();
        await app.StartAsync();
        return new ControlServer(app, claim, folder);
    }

    public async ValueTask DisposeAsync()
    {
        using (CancellationTokenSource now = new(TimeSpan.FromMilliseconds(200)))
        {
            await _app.StopAsync(now.Token);
        }

        await _app.DisposeAsync();
        _claim.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
