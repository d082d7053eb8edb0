using HaLvs.Stonith.Plan;
using Polly;
using Polly.Timeout;

namespace HaLvs.Stonith.Devices.Execution;

/// <summary>The second safety net around a device: a time-out and a catch, so that every command ends with an answer, whatever the device's own code does.</summary>
internal sealed class TimedDevice(IFenceDevice device, TimeSpan commandTimeout)
{
    private readonly ResiliencePipeline<DeviceAnswer> _pipeline =
        new ResiliencePipelineBuilder<DeviceAnswer>().AddTimeout(commandTimeout).Build();

    public Task<DeviceAnswer> ExecuteAsync(DeviceAction action, CancellationToken cancel) =>
        GuardedAsync(token => device.ExecuteAsync(action, token), cancel);

    public Task<DeviceAnswer> TestAsync(CancellationToken cancel) => GuardedAsync(device.TestAsync, cancel);

    private async Task<DeviceAnswer> GuardedAsync(Func<CancellationToken, Task<DeviceAnswer>> command, CancellationToken cancel)
    {
        try
        {
            return await _pipeline.ExecuteAsync(async token => await command(token).ConfigureAwait(false), cancel).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            return DeviceAnswer.Failed($"no answer within {DurationText.Of(commandTimeout)}, stopped");
        }
        catch (OperationCanceledException)
        {
            return DeviceAnswer.Failed("cancelled");
        }
        catch (Exception defect)
        {
            return DeviceAnswer.Failed($"defect in the device's code: {defect.GetType().Name}: {defect.Message}");
        }
    }
}
