namespace KioskFleet.Service.Enrolment;

/// <summary>Log messages of Enrolment: event ids 2300–2399.</summary>
internal static partial class EnrolmentLog
{
    [LoggerMessage(2300, LogLevel.Information, "Cabinet {Cabinet} enrolled")]
    public static partial void Enrolled(ILogger log, string cabinet);

    [LoggerMessage(2301, LogLevel.Warning, "An enrolment from {Address} was refused: {Outcome}")]
    public static partial void Refused(ILogger log, string? address, string outcome);

    [LoggerMessage(2302, LogLevel.Warning, "The broker could not be told of cabinet {Cabinet}")]
    public static partial void BrokerAway(ILogger log, Exception error, string cabinet);
}
