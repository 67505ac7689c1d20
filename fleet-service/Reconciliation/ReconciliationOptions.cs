using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Reconciliation;

/// <summary>Payment bills and their matching. Section <c>Reconciliation</c>; immutable.</summary>
internal sealed record ReconciliationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Reconciliation";

    /// <summary>The columns of UnionPay's bills.</summary>
    public UnionPayLayout UnionPay { get; init; } = new();

    /// <summary>
    /// Sales within this time of midnight may have their payment on the neighbouring day's bill: they count as unpaid
    /// only when that bill is there too. UnionPay's day ends an hour before midnight. 0–720 minutes, default 60.
    /// </summary>
    public int MidnightMinutes { get; init; } = 60;

    /// <summary>
    /// A merchant number that an operator's bills of a provider named within this many days is expected on each day's
    /// bills: without it the day is not complete. 1–400 days, default 30.
    /// </summary>
    public int MerchantDays { get; init; } = 30;

    /// <summary>Most ledger entries read in one transaction. 1–20,000, default 1,000.</summary>
    public int BatchEntries { get; init; } = 1_000;

    /// <summary>
    /// How long to wait when the ledger holds nothing new, in milliseconds. 10–600,000, default 1,000.
    /// </summary>
    public int IdleMilliseconds { get; init; } = 1_000;
}

/// <summary>Reports every wrong setting at once.</summary>
internal sealed class ReconciliationOptionsValidator : IValidateOptions<ReconciliationOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ReconciliationOptions options)
    {
        var findings = new List<string>();
        Range(findings, nameof(options.MidnightMinutes), options.MidnightMinutes, 0, 720);
        Range(findings, nameof(options.MerchantDays), options.MerchantDays, 1, 400);
        Range(findings, nameof(options.BatchEntries), options.BatchEntries, 1, 20_000);
        Range(findings, nameof(options.IdleMilliseconds), options.IdleMilliseconds, 10, 600_000);
        var layout = options.UnionPay;
        foreach (var (setting, value) in new[]
        {
            (nameof(layout.Time), layout.Time), (nameof(layout.SettlementDay), layout.SettlementDay),
            (nameof(layout.Transaction), layout.Transaction),
            (nameof(layout.OriginalTransaction), layout.OriginalTransaction),
            (nameof(layout.MerchantOrder), layout.MerchantOrder), (nameof(layout.Kind), layout.Kind),
            (nameof(layout.Amount), layout.Amount), (nameof(layout.Currency), layout.Currency),
            (nameof(layout.Account), layout.Account), (nameof(layout.Terminal), layout.Terminal),
            (nameof(layout.Merchant), layout.Merchant),
            (nameof(layout.Payments), layout.Payments), (nameof(layout.Refunds), layout.Refunds),
            (nameof(layout.TimeFormats), layout.TimeFormats), (nameof(layout.DayFormats), layout.DayFormats),
        })
        {
            if (UnionPayLayout.Names(value).Length == 0)
            {
                findings.Add($"{ReconciliationOptions.Section}:{nameof(options.UnionPay)}:{setting}: got '{value}'; "
                    + "takes at least one name, several parted by '|'.");
            }
        }

        return findings.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(findings);
    }

    private static void Range(List<string> findings, string setting, int got, int least, int most)
    {
        if (got < least || got > most)
        {
            findings.Add($"{ReconciliationOptions.Section}:{setting}: got {got}; takes {least} to {most}.");
        }
    }
}
