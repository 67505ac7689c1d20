namespace KioskFleet.Service.Assessment;

/// <summary>The log messages of the assessment, 4150–4199.</summary>
internal static partial class AssessmentLog
{
    /// <summary>A run was written.</summary>
    [LoggerMessage(4150, LogLevel.Information,
        "Assessed: {Found} findings stand, {New} of them new; {Ended} ended; {Failures} checks failed.")]
    public static partial void Ran(ILogger log, int found, int @new, int ended, int failures);

    /// <summary>A check failed.</summary>
    [LoggerMessage(4151, LogLevel.Error, "The check {Source} failed; its findings stay as they were.")]
    public static partial void SourceFailed(ILogger log, Exception error, string source);

    /// <summary>Enforcement failed.</summary>
    [LoggerMessage(4152, LogLevel.Error, "Enforcement could not plan; the findings are written all the same.")]
    public static partial void EnforcementFailed(ILogger log, Exception error);

    /// <summary>A whole run failed.</summary>
    [LoggerMessage(4153, LogLevel.Error, "The assessment could not run; it runs again at its next time.")]
    public static partial void RunFailed(ILogger log, Exception error);
}
