using System.Globalization;

namespace HaLvs.Director.Configuration.Keys;

/// <summary>[[service.server]].</summary>
internal static class ServerTable
{
    public const int DefaultWeight = 1;

    /// <summary>IP_VS_MAX_WEIGHT of the kernel's IPVS and of ipvsadm(8).</summary>
    public const int MaximumWeight = 65535;

    public static readonly KnownKey Address = new(
        "address", "ADDRESS:PORT",
        "The real server; its default route must be the gateway address. Without `:PORT` where the service listens on every port or by mark: the client's port is kept.", "address = \"10.0.0.3:80\"", Required: true);

    public static readonly KnownKey Weight = new(
        "weight", "number", "0 to 65535; 0 keeps open connections and takes no new ones.", "weight = 2", DefaultWeight.ToString(CultureInfo.InvariantCulture));

    public static readonly KnownKey UpperThreshold = new(
        "upper-threshold", "number", "Connections at which no new ones come; 0: no limit.", "upper-threshold = 2000", "0");

    public static readonly KnownKey LowerThreshold = new(
        "lower-threshold", "number", "Connections below which they come again; 0: three quarters of the upper one.", "lower-threshold = 1500", "0");

    public static readonly KeyTable Table = new("service.server", "[[service.server]]", [Address, Weight, UpperThreshold, LowerThreshold]);
}
