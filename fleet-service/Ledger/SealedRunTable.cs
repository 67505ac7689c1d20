using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>Which numbers of journals are of detached months. Belongs to one session; only reads.</summary>
internal sealed class SealedRunTable(FleetConnection connection) : IDisposable
{
    private readonly Statement _one = connection.Prepare("""
        SELECT 1 FROM sealed_runs r JOIN journals j ON j.journal_no = r.journal_no
        WHERE j.journal_id = ?1 AND r.first_seq <= ?2 AND r.last_seq >= ?2
        """);

    private readonly Statement _any = connection.Prepare(
        "SELECT 1 FROM sealed_runs WHERE journal_no = ?1 AND first_seq <= ?3 AND last_seq >= ?2 LIMIT 1");

    /// <summary>True when the entry with this number is of a detached month; it may stay all the same.</summary>
    public bool Holds(JournalId journal, ulong seq) => IsThere(_one.Set(1, journal).Set(2, (long)seq));

    /// <summary>True when one of these numbers, both ends in, is of a detached month.</summary>
    public bool HoldsAny(long journalNo, ulong firstSeq, ulong lastSeq) =>
        IsThere(_any.Set(1, journalNo).Set(2, (long)firstSeq).Set(3, (long)lastSeq));

    /// <inheritdoc/>
    public void Dispose()
    {
        _one.Dispose();
        _any.Dispose();
    }

    private static bool IsThere(Statement query)
    {
        var isThere = query.Next();
        query.Reset();
        return isThere;
    }
}
