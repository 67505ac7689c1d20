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

    /// <summary>A version of the data set that no start saw before.</summary>
    [LoggerMessage(4103, LogLevel.Information, "Policy {Policy} version {Version} was taken over from {DataSet}.")]
    public static partial void TakenOver(ILogger log, string policy, int version, string dataSet);

    /// <summary>A policy is no longer in the data set; that alone ends nothing.</summary>
    [LoggerMessage(4104, LogLevel.Warning,
        "Policy {Policy} version {Version} is no longer in {DataSet} and stays in force until {To}: only "
        + "people end it, over the interface.")]
    public static partial void Left(ILogger log, string policy, int version, string dataSet, string to);
}
