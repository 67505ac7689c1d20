namespace KioskFleet.Service.Compliance;

/// <summary>The log messages of compliance, 2600–2649.</summary>
internal static partial class ComplianceLog
{
    /// <summary>An edition was sealed.</summary>
    [LoggerMessage(2600, LogLevel.Information, "Edition {Number} of {Window} is sealed: {Sha256}.")]
    public static partial void Sealed(ILogger log, int number, string window, string sha256);

    /// <summary>The editions that are due could not be made.</summary>
    [LoggerMessage(2601, LogLevel.Error, "The editions that are due could not be made; they are at the next time.")]
    public static partial void EditionsFailed(ILogger log, Exception error);
}
