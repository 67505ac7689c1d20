namespace KioskFleet.Service.Policies;

/// <summary>The log messages of the policies, 4100–4149.</summary>
internal static partial class PoliciesLog
{
    /// <summary>The book was read.</summary>
    [LoggerMessage(4100, LogLevel.Information, "{Policies} policies are loaded, revision {Revision}.")]
    public static partial void Loaded(ILogger log, int policies, long revision);

    /// <summary>A policy was made.</summary>
    [LoggerMessage(4101, LogLevel.Information, "Policy {Policy} version {Version} holds from {From}; made by {Actor}.")]
    public static partial void Made(ILogger log, string policy, int version, string from, string actor);

    /// <summary>A policy was ended.</summary>
    [LoggerMessage(4102, LogLevel.Information, "Policy {Policy} ends on {To}; decided by {Actor}.")]
    public static partial void Ended(ILogger log, string policy, string to, string actor);

    /// <summary>A changed data set holds a policy that made ones stand in the way of.</summary>
    [LoggerMessage(4103, LogLevel.Warning,
        "Policy {Policy} version {Version} of the data set overlaps {Other} version {OtherVersion}, which people made: "
        + "the made one wins.")]
    public static partial void Overlaps(ILogger log, string policy, int version, string other, int otherVersion);
}
