using HaLvs.Director.Control;

namespace HaLvs.Director;

/// <summary>The operators' web server: gRPC on the control socket and nothing else.</summary>
internal static class ControlHost
{
    public static WebApplication Build(ControlSocketClaim claim, IDirectorOperations operations)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenControl(claim);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddControl(operations);
        var app = builder.Build();
        app.MapControl();
        return app;
    }
}
