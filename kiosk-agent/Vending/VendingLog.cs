namespace KioskFleet.Agent.Vending;

/// <summary>Log messages of the vend flow: event ids 1400 to 1499.</summary>
internal static partial class VendingLog
{
    [LoggerMessage(1400, LogLevel.Warning, "Vend {VendId} denied: {Reason}")]
    internal static partial void VendDenied(this ILogger log, string vendId, DenialReason reason);

    [LoggerMessage(1401, LogLevel.Warning, "Sale {VendId} recorded with marks {Marks}")]
    internal static partial void SaleMarked(this ILogger log, string vendId, Protocol.Entries.SaleMarks marks);

    [LoggerMessage(1402, LogLevel.Warning, "Report under the id {Id} contradicts what is recorded, in {Field}")]
    internal static partial void Contradicted(this ILogger log, string id, string field);

    [LoggerMessage(1403, LogLevel.Information, "The cabinet's plan now has {Slots} slots")]
    internal static partial void PlanChanged(this ILogger log, int slots);
}
