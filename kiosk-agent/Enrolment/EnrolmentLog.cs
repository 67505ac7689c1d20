namespace KioskFleet.Agent.Enrolment;

/// <summary>What enrolment logs: 1300 to 1399. Never a token, password or key.</summary>
internal static partial class EnrolmentLog
{
    [LoggerMessage(1300, LogLevel.Information, "Enrolled as cabinet {Cabinet}")]
    public static partial void Enrolled(ILogger logger, string cabinet);

    [LoggerMessage(1301, LogLevel.Warning, "Enrolment failed and will be tried again: {Outcome}")]
    public static partial void Failed(ILogger logger, string outcome);

    [LoggerMessage(1302, LogLevel.Error, "Enrolment refused, another token is needed: {Outcome}")]
    public static partial void Refused(ILogger logger, string outcome);

    [LoggerMessage(1303, LogLevel.Warning, "Not enrolled: sales are recorded here and wait for an enrolment")]
    public static partial void NotEnrolled(ILogger logger);

    [LoggerMessage(1304, LogLevel.Error, "The identity in {Folder} cannot be read; sales are still recorded")]
    public static partial void IdentityUnreadable(ILogger logger, Exception exception, string folder);
}
