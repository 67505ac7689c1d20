using KioskFleet.Service.Catalogue;

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
/// <param name="UnmappedFen">
/// Unmapped amount. A sale for nothing has no class with an amount and is in no counter.
/// </param>
internal sealed record SeriesEntry(
    long Position, bool IsRefund, long UtcMs, string Cabinet, string Operator, string County, long AidFen,
    long OrdinaryFen, long UnmappedFen)
{
    /// <summary>The classes with an amount, as judged at commit.</summary>
    public IEnumerable<(CounterKey Counter, long Fen)> Amounts()
    {
        (ProductClass Class, long Fen)[] all =
            [(ProductClass.Aid, AidFen), (ProductClass.Ordinary, OrdinaryFen), (ProductClass.Unmapped, UnmappedFen)];
        return all.Where(part => part.Fen != 0)
            .Select(part => (new CounterKey(Cabinet, Operator, County, IsRefund, part.Class), part.Fen));
    }
}

/// <summary>Whose counter, and of what.</summary>
internal readonly record struct CounterKey(
    string Cabinet, string Operator, string County, bool IsRefund, ProductClass Class);
