using System.Net.NetworkInformation;

namespace HaLvs.Director.Configuration.Live;

/// <summary>The interface is there and its cable is plugged.</summary>
internal static class InterfaceCheck
{
    public static LiveCheck For(string name) => new($"interface {name}", _ => Task.FromResult(Look(name)));

    private static LiveResult Look(string name)
    {
        NetworkInterface[] all = NetworkInterface.GetAllNetworkInterfaces();
        if (all.FirstOrDefault(i => i.Name == name) is not { } found)
        {
            return LiveResult.Failed($"does not exist; this machine has {string.Join(", ", all.Select(i => i.Name).Order(StringComparer.Ordinal))}");
        }

        return found.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown
            ? LiveResult.Ok("is up")
            : LiveResult.Failed($"is {found.OperationalStatus.ToString().ToLowerInvariant()}; run: ip link set {name} up, and look at the cable");
    }
}
