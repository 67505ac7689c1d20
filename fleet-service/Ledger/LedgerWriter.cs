using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Commits groups of batches of many cabinets, each group in one transaction. The head's compare-and-set is the only
/// guard of exactly-once. A data error bisects the group down to the entry, which is quarantined; an infrastructure
/// error throws and quarantines nothing. One caller at a time (the group committer).
/// </summary>
internal sealed class LedgerWriter(FleetDatabase database, CurrentCatalogue catalogue, PlacesDataSet places)
    : IDisposable
{
    private readonly BusinessCalendar _calendar = new(places.Zone);
    private LedgerSession? _session;

    /// <summary>Commits a group; when it returns, everything that it says is committed is fsynced.</summary>
    /// <returns>One outcome per batch, in order.</returns>
    /// <exception cref="CommitOutcomeUnknownException">Nobody knows; send no receipts.</exception>
    /// <exception cref="SqliteException">
    /// The database cannot be written; nothing of the failing part happened.
    /// </exception>
    public async Task<IReadOnlyList<CommitOutcome>> CommitAsync(
        IReadOnlyList<VerifiedBatch> group, CancellationToken cancellationToken)
    {
        using var turn = await database.Writers.EnterAsync(cancellationToken);
        try
        {
            _session ??= new LedgerSession(database);
            return Commit(_session, group);
        }
        catch
        {
            _session?.Dispose();
            _session = null;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session?.Dispose();

    private List<CommitOutcome> Commit(LedgerSession session, IReadOnlyList<VerifiedBatch> group)
    {
        if (TryCommit(session, group, Isolation.None, keep: true, out var outcomes, out var words))
        {
            return outcomes;
        }

        if (group.Count == 1)
        {
            return CommitIsolating(session, group[0], words);
        }

        var half = group.Count / 2;
        var left = Commit(session, [.. group.Take(half)]);
        left.AddRange(Commit(session, [.. group.Skip(half)]));
        return left;
    }

    /// <summary>Finds, one after another, the entries that the database cannot take, and commits the rest.</summary>
    private List<CommitOutcome> CommitIsolating(LedgerSession session, VerifiedBatch batch, string words)
    {
        var isolation = Isolation.None with { Words = words };
        while (isolation.Apart.Count < batch.Batch.Count)
        {
            var culprit = FindFirstRefused(session, batch, isolation);
            isolation = isolation with { Apart = isolation.Apart.Add(culprit) };
            if (TryCommit(session, [batch], isolation, keep: true, out var outcomes, out words))
            {
                return outcomes;
            }
        }

        throw new InvalidOperationException(
            $"Journal {batch.Journal}: the ledger refuses the batch whatever its entries are: {words}");
    }

    /// <summary>The smallest number of entries that fails, minus one: the entry that makes it fail.</summary>
    private int FindFirstRefused(LedgerSession session, VerifiedBatch batch, Isolation isolation)
    {
        var (accepted, refused) = (0, batch.Batch.Count);
        while (refused - accepted > 1)
        {
            var middle = (accepted + refused) / 2;
            if (TryCommit(session, [batch], isolation with { TryEntries = middle }, keep: false, out _, out _))
            {
                accepted = middle;
            }
            else
            {
                refused = middle;
            }
        }

        return refused - 1;
    }

    /// <summary>Runs one attempt; false, with the database's words, when the data is what it refuses.</summary>
    private bool TryCommit(
        LedgerSession session, IReadOnlyList<VerifiedBatch> group, Isolation isolation, bool keep,
        out List<CommitOutcome> outcomes, out string words)
    {
        outcomes = new List<CommitOutcome>(group.Count);
        words = "";
        session.Begin();
        try
        {
            var snapshot = catalogue.Snapshot;
            var appender = new BatchAppender(session, new EntryJudge(snapshot, _calendar), snapshot.Version);
            foreach (var batch in group)
            {
                outcomes.Add(appender.Append(batch, isolation));
            }

            if (keep)
            {
                session.Commit();
            }
            else
            {
                session.Totals.Flush();
                session.Rollback();
            }

            return true;
        }
        catch (Exception error) when (IsDataError(error))
        {
            session.Rollback();
            words = error.Message;
            return false;
        }
        catch (Exception error) when (error is not CommitOutcomeUnknownException)
        {
            session.Rollback();
            throw;
        }
    }

    /// <summary>
    /// Errors that come from the values: a constraint, a type, a size, a sum that does not fit. Everything else (disk
    /// full, I/O, busy) is infrastructure.
    /// </summary>
    private static bool IsDataError(Exception error) => error is OverflowException or SqliteException
    {
        SqliteErrorCode: SQLitePCL.raw.SQLITE_CONSTRAINT or SQLitePCL.raw.SQLITE_MISMATCH
            or SQLitePCL.raw.SQLITE_TOOBIG
    };
}
