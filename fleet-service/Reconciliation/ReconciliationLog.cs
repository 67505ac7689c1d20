namespace KioskFleet.Service.Reconciliation;

/// <summary>Log messages of Reconciliation: event ids 4250–4299.</summary>
internal static partial class ReconciliationLog
{
    [LoggerMessage(4250, LogLevel.Information, "Bill of {Provider} for {OperatorId} on {Day} by {ImportedBy}: {Taken} "
        + "rows are new, {Known} were known, {Refused} were refused; the summary: {Summary}")]
    public static partial void Imported(
        ILogger log, string provider, string operatorId, DateOnly day, string importedBy, int taken, int known,
        int refused, SummaryState summary);

    [LoggerMessage(4251, LogLevel.Warning,
        "Bill of {Provider} for {OperatorId} on {Day} by {ImportedBy} was refused as a whole: {Problem}")]
    public static partial void FileRefused(
        ILogger log, string provider, string operatorId, DateOnly day, string importedBy, BillProblem problem);

    [LoggerMessage(4252, LogLevel.Information,
        "The ledger has another generation: recorded payments are read anew from its beginning")]
    public static partial void BeginsAnew(ILogger log);

    [LoggerMessage(4253, LogLevel.Error, "Reading recorded payments from the ledger failed; it is tried again")]
    public static partial void Failed(ILogger log, Exception error);
}
