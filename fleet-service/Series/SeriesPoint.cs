using System.Text;

namespace KioskFleet.Service.Series;

/// <summary>What the writer shows of a ledger entry. Amounts in fen.</summary>
/// <param name="Position">The entry's position in the ledger.</param>
/// <param name="IsRefund">True for a refund, false for a sale.</param>
/// <param name="UtcMs">Its corrected moment, Unix milliseconds UTC.</param>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Operator">The operator of its assignment.</param>
/// <param name="County">The county of its assignment.</param>
/// <param name="AidFen">Aid amount; of a refund, positive.</param>
/// <param name="OrdinaryFen">Ordinary amount.</param>
/// <param name="UnmappedFen">Unmapped amount.</param>
internal sealed record SeriesPoint(
    long Position, bool IsRefund, long UtcMs, string Cabinet, string Operator, string County, long AidFen,
    long OrdinaryFen, long UnmappedFen)
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>Measurement of sales.</summary>
    public const string Sales = "kf_sales";

    /// <summary>Measurement of refunds.</summary>
    public const string Refunds = "kf_refunds";

    /// <summary>The line, ended by a line feed.</summary>
    public string Line()
    {
        // Two entries of one cabinet in one millisecond would be one point; the position keeps them apart, and the same
        // entry written again is the same point.
        var nanoseconds = UtcMs * NanosecondsPerMillisecond + Position % NanosecondsPerMillisecond;
        var line = new StringBuilder(160);
        LineProtocol.Append(
            line, IsRefund ? Refunds : Sales,
            [("cabinet", Cabinet), ("county", County), ("operator", Operator)],
            [("aid_fen", AidFen), ("ordinary_fen", OrdinaryFen), ("unmapped_fen", UnmappedFen)],
            nanoseconds);
        return line.ToString();
    }
}
