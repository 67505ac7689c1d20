using KioskFleet.Protocol;

namespace KioskFleet.Service.Reconciliation;

/// <summary>Every limit of this capability, named in one place.</summary>
internal static class ReconciliationLimits
{
    /// <summary>Largest bill, in bytes.</summary>
    public const int MaxBillBytes = 32 * 1024 * 1024;

    /// <summary>Most data rows of a bill.</summary>
    public const int MaxBillRows = 200_000;

    /// <summary>Longest field of a bill, in characters.</summary>
    public const int MaxFieldLength = 2_000;

    /// <summary>Lines in front of the header among which it is looked for.</summary>
    public const int MaxLinesBeforeHeader = 50;

    /// <summary>Longest number of a provider or merchant, in characters.</summary>
    public const int MaxNumberLength = 64;

    /// <summary>Largest amount of one line of a bill, in fen: what one sale can be.</summary>
    public const long MaxAmountFen = Limits.MaxLineFen * Limits.MaxLines;

    /// <summary>Most merchant numbers of one bill.</summary>
    public const int MaxMerchants = 100;

    /// <summary>Longest reason of a withdrawal, in characters.</summary>
    public const int MaxReasonLength = 2_000;

    /// <summary>Rows of a bill that are written in one transaction, so that the ledger never waits long.</summary>
    public const int RowsPerTransaction = 1_000;

    /// <summary>Refused rows that an answer lists; it counts all of them.</summary>
    public const int MaxRefusedShown = 10_000;

    /// <summary>Examples in the evidence of a finding.</summary>
    public const int MaxExamples = 5;

    /// <summary>Cabinets named in the evidence of a finding.</summary>
    public const int MaxCabinetsNamed = 20;

    /// <summary>Most rows of one page.</summary>
    public const int MaxPageSize = 500;

    /// <summary>Rows of a page when the caller names no number.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>Longest window for which bills are listed day by day, in days.</summary>
    public const int MaxDaysListed = 400;

    /// <summary>How long a request waits for the newest entries of the ledger to be read, in milliseconds.</summary>
    public const int PatienceMilliseconds = 5_000;
}
