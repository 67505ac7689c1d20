using KioskFleet.Protocol.Receipts;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Commits groups of batches of many cabinets, each group in one transaction. The head's compare-and-set is the only
/// guard of exactly-once. A data error bisects the group down to the entry, which is quarantined; an infrastructure
/// error throws and quarantines nothing. One caller at a time (the group committer).
/// </summary>
/// <param name="database">The ledger's database.</param>
/// <param name="catalogue">The catalogue in force.</param>
/// <param name="places">The business calendar's time zone.</param>
/// <param name="register">
/// Cabinets as they are now: whose one is may have changed since its batch was verified; null without.
/// </param>
/// <param name="changes">Of other services on the database: none may be missed by what is judged; null without.</param>
internal sealed class LedgerWriter(
    FleetDatabase database, CurrentCatalogue catalogue, PlacesDataSet places, FleetRegister? register = null,
    ChangeWatch? changes = null) : IDisposable
{
    private readonly BusinessCalendar _calendar = new(places.Zone);
    private LedgerSession? _session;

    /// <summary>Commits a group; when it returns, everything that it says is committed is fsynced.</summary>
    /// <param name="group">The batches.</param>
    /// <param name="cancellationToken">Gives up waiting for the turn to write.</param>
    /// <param name="late">
    /// Gives the batches that came meanwhile, to be committed along behind the group. Asked at most once, when it is
    /// the group's turn to write; of a group whose turn does not come it is not asked.
    /// </param>
    /// <returns>One outcome per batch, in order.</returns>
    /// <exception cref="CommitOutcomeUnknownException">Nobody knows; send no receipts.</exception>
    /// <exception cref="System.Data.Common.DbException">
    /// The database cannot be written; nothing of the failing part happened.
    /// </exception>
    public async Task<IReadOnlyList<CommitOutcome>> CommitAsync(
        IReadOnlyList<VerifiedBatch> group, CancellationToken cancellationToken,
        Func<IEnumerable<VerifiedBatch>>? late = null)
    {
        using var turn = await database.Writers.EnterFirstAsync(isReceiptAwaited: true, cancellationToken);
        try
        {
            _session ??= new LedgerSession(database, changes);
            _session.Begin(group);
            return Commit(_session, late is null ? group : [.. group, .. late()]);
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

    /// <summary>What the database said against an attempt.</summary>
    /// <param name="Words">Its words.</param>
    /// <param name="Entry">The entry at which it said so, from 0; null when it was none of them.</param>
    private readonly record struct Complaint(string Words, int? Entry);

    private List<CommitOutcome> Commit(LedgerSession session, IReadOnlyList<VerifiedBatch> group)
    {
        if (TryCommit(session, group, Isolation.None, keep: true, out var outcomes) is not { } complaint)
        {
            return outcomes;
        }

        if (group.Count == 1)
        {
            return [CommitIsolating(session, group[0], complaint)];
        }

        var half = group.Count / 2;
        var left = Commit(session, [.. group.Take(half)]);
        left.AddRange(Commit(session, [.. group.Skip(half)]));
        return left;
    }

    /// <summary>
    /// Finds, one after another, the entries that the database cannot take, and commits the rest. A batch that it
    /// cannot take even so waits alone: its journal stands still, everybody else goes on.
    /// </summary>
    private CommitOutcome CommitIsolating(LedgerSession session, VerifiedBatch batch, Complaint complaint)
    {
        var isolation = Isolation.None;
        while (true)
        {
            var culprit = complaint.Entry ?? FindFirstRefused(session, batch, isolation);
            if (isolation.Apart.ContainsKey(culprit))
            {
                return new CommitOutcome.Refused(Refusal.Busy, complaint.Words);
            }

            isolation = isolation with { Apart = isolation.Apart.Add(culprit, complaint.Words) };
            if (TryCommit(session, [batch], isolation, keep: true, out var outcomes) is not { } next)
            {
                return outcomes[0];
            }

            complaint = next;
        }
    }

    /// <summary>
    /// For a complaint about a sum, which comes after the entries: the smallest number of entries that fails, minus
    /// one.
    /// </summary>
    private int FindFirstRefused(LedgerSession session, VerifiedBatch batch, Isolation isolation)
    {
        var (accepted, refused) = (0, batch.Batch.Count);
        while (refused - accepted > 1)
        {
            var middle = (accepted + refused) / 2;
            if (TryCommit(session, [batch], isolation with { TryEntries = middle }, keep: false, out _) is null)
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

    /// <summary>Runs one attempt; null when it went through, else what the database has against the data.</summary>
    private Complaint? TryCommit(
        LedgerSession session, IReadOnlyList<VerifiedBatch> group, Isolation isolation, bool keep,
        out List<CommitOutcome> outcomes)
    {
        outcomes = new List<CommitOutcome>(group.Count);
        session.Begin(group);
        BatchAppender? appender = null;
        try
        {
            // Nobody else can commit until this transaction ends: what is read now is in force at its commit.
            session.LookAt(group);
            var snapshot = catalogue.Snapshot;
            appender = new BatchAppender(session, new EntryJudge(snapshot, _calendar), snapshot.Version);
            foreach (var batch in group)
            {
                outcomes.Add(appender.Append(AsOfNow(batch), isolation));
            }

            if (keep)
            {
                session.Commit();
            }
            else
            {
                session.Flush();
                session.Rollback();
            }

            return null;
        }
        catch (Exception error) when (IsDataError(error))
        {
            session.Rollback();
            return new Complaint(error.Message, appender?.EntryAt(session.Entries));
        }
        catch (Exception error) when (error is not CommitOutcomeUnknownException)
        {
            session.Rollback();
            throw;
        }
    }

    private VerifiedBatch AsOfNow(VerifiedBatch batch) => register is not null
        && register.Current.TryGet(batch.Cabinet.Id, out var now) && !ReferenceEquals(now, batch.Cabinet)
            ? batch with { Cabinet = now }
            : batch;

    /// <summary>
    /// Errors that come from the values: a constraint, a type, a size, a sum that does not fit. Everything else (disk
    /// full, I/O, busy) is infrastructure.
    /// </summary>
    private static bool IsDataError(Exception error) =>
        error is OverflowException || FleetDatabase.IsDataError(error);
}
