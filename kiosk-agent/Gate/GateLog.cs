using KioskFleet.Protocol.Configs;

namespace KioskFleet.Agent.Gate;

/// <summary>Log messages of the gate's config and figures: event ids 1900 to 1999.</summary>
internal static partial class GateLog
{
    [LoggerMessage(1900, LogLevel.Information, "The gate works by config {Version} ({Mode}) from now on")]
    internal static partial void Applied(this ILogger log, string version, GateMode mode);

    [LoggerMessage(1901, LogLevel.Warning, "A config was not taken ({Why}); '{Version}' stays")]
    internal static partial void Refused(this ILogger log, string why, string version);

    [LoggerMessage(1902, LogLevel.Error,
        "The config {Path} and its copy in the journal cannot be read ({Mode}): the gate waits for the service")]
    internal static partial void Lost(this ILogger log, string path, GateMode mode);

    [LoggerMessage(1903, LogLevel.Warning,
        "The config's figures name a head that cannot be followed here ({Why}): counting on the safe side")]
    internal static partial void CountsSafely(this ILogger log, BasisKind why);

    [LoggerMessage(1904, LogLevel.Warning, "The config {Path} was gone or damaged; {Version} was kept in the journal")]
    internal static partial void Restored(this ILogger log, string path, string version);

    [LoggerMessage(1905, LogLevel.Warning, "A copy of the config {Path} cannot be written: {Why}")]
    internal static partial void NotHealed(this ILogger log, string path, string why);
}
