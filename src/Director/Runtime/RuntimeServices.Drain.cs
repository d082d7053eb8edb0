using HaLvs.Director.Commands;
using HaLvs.Director.Control;
using HaLvs.Forwarder.Services;
using HaLvs.Heartbeat;

namespace HaLvs.Director.Runtime;

/// <summary>Taking a server out of service without hurting its connections.</summary>
public sealed partial class RuntimeServices
{
    private static readonly TimeSpan DrainLook = TimeSpan.FromSeconds(1);

    public async Task<OperationOutcome> DrainAsync(
        string service, string server, TimeSpan deadline, bool remove, string who, IProgress<string> progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(progress);
        if (Find(service, server) is not var (key, target))
        {
            return new OperationOutcome(false, $"no server {server} in a service {service}; halvs status names them");
        }

        try
        {
            await ChangeAsync([new ServiceChange.EditServer(key, target with { Weight = 0 })], who, cancel);
            int left = await EmptyAsync(key, target, deadline, progress, cancel);
            if (remove)
            {
                await ChangeAsync([new ServiceChange.DeleteServer(key, target.Address, target.Port)], who, cancel);
            }

            string outcome = $"{server} of {service}: {(left == 0 ? "no connection is left" : $"{left} connections were left at the deadline")}"
                + (remove ? "; removed" : $"; it stays at weight 0 (before: {target.Weight})");
            _events.Add(left == 0 ? EventSeverity.Notice : EventSeverity.Warning, "drain", outcome);
            return new OperationOutcome(left == 0 || remove, outcome);
        }
        catch (OperatorException refusal)
        {
            return new OperationOutcome(false, refusal.Message);
        }
    }

    /// <summary>Connections left: 0, or more when the deadline came first.</summary>
    private async Task<int> EmptyAsync(ServiceKey key, RealServerConfig target, TimeSpan deadline, IProgress<string> progress, CancellationToken cancel)
    {
        long start = _time.GetTimestamp();
        int told = -1;
        while (true)
        {
            ServerListing? now = Contents().Services.FirstOrDefault(s => s.Service.Key == key)?.Servers
                .FirstOrDefault(s => (s.Server.Address, s.Server.Port) == (target.Address, target.Port));
            int left = now is null ? 0 : now.Active + now.Inactive;
            TimeSpan elapsed = _time.GetElapsedTime(start);
            if (left == 0 || (deadline > TimeSpan.Zero && elapsed >= deadline))
            {
                return left;
            }

            if (left != told)
            {
                progress.Report($"{left} connections left ({now!.Active} active), {(deadline > TimeSpan.Zero ? $"{(deadline - elapsed).TotalSeconds:0} s to the deadline" : "no deadline")}");
                told = left;
            }

            await Task.Delay(DrainLook, _time, cancel);
        }
    }

    private (ServiceKey Service, RealServerConfig Server)? Find(string service, string server)
    {
        ServiceListing? listing = Contents().Services.FirstOrDefault(s => s.Service.Key.ToString() == service);
        RealServerConfig? found = listing?.Servers.Select(s => s.Server).FirstOrDefault(s => s.Address.WithPort(s.Port) == server || s.Address.ToString() == server);
        return found is null ? null : (listing!.Service.Key, found);
    }
}
