using System.Data.Common;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// One connection to the ledger with its prepared statements. Dropped as a whole after any failure, so that nothing
/// remembered outlives a transaction whose outcome is unknown. One thread at a time.
/// </summary>
internal sealed class LedgerSession : IDisposable
{
    private readonly FleetConnection _connection;
    private readonly Statement _newest;
    private readonly List<ApartEntry> _apart = [];
    private readonly ChangeQuestion? _changes;
    private FleetTransaction? _transaction;

    /// <summary>Opens a session that may write.</summary>
    /// <param name="database">The ledger's database.</param>
    /// <param name="changes">
    /// Changes of other services on the database, which a group's judging may not miss; null without.
    /// </param>
    public LedgerSession(FleetDatabase database, ChangeWatch? changes = null)
    {
        _connection = database.OpenWriter();
        _changes = changes?.Question(_connection);
        _newest = _connection.Prepare(
            "SELECT (SELECT coalesce(max(position), 0) FROM entries), "
            + "(SELECT coalesce(max(batch_id), 0) FROM batches), "
            + (_connection.HasCommitMonths ? "CAST(to_char(now() AT TIME ZONE 'UTC', 'YYYYMM') AS BIGINT)" : "0"));
        Journals = new JournalTable(_connection);
        Batches = new BatchTable(_connection);
        Entries = new EntryTable(_connection);
        Totals = new TotalsTable(_connection);
        Spans = new SaleSpanTable(_connection);
        Refunds = new RefundTable(_connection);
        Successions = new SuccessionTable(_connection);
        Quarantine = new QuarantineTable(_connection);
        Findings = new FindingTable(_connection);
        Corrections = new CorrectionTable(_connection);
        Hellos = new HelloTable(_connection);
        SealedRuns = new SealedRunTable(_connection);
    }

    /// <summary>Journals and heads.</summary>
    public JournalTable Journals { get; }

    /// <summary>Batches.</summary>
    public BatchTable Batches { get; }

    /// <summary>Entries.</summary>
    public EntryTable Entries { get; }

    /// <summary>Totals.</summary>
    public TotalsTable Totals { get; }

    /// <summary>When the sales of each block of positions were made.</summary>
    public SaleSpanTable Spans { get; }

    /// <summary>Refunds.</summary>
    public RefundTable Refunds { get; }

    /// <summary>Guards against double counting.</summary>
    public SuccessionTable Successions { get; }

    /// <summary>Entries kept apart.</summary>
    public QuarantineTable Quarantine { get; }

    /// <summary>Findings.</summary>
    public FindingTable Findings { get; }

    /// <summary>Corrections.</summary>
    public CorrectionTable Corrections { get; }

    /// <summary>What cabinets said last.</summary>
    public HelloTable Hellos { get; }

    /// <summary>Numbers of detached months.</summary>
    public SealedRunTable SealedRuns { get; }

    /// <summary>The connection, for reads in the same transaction.</summary>
    public FleetConnection Connection => _connection;

    /// <summary>Begins a transaction that excludes other writers, when none is open.</summary>
    public void Begin() => _transaction ??= _connection.BeginWrite();

    /// <summary>
    /// Begins a transaction for a group of batches, when none is open. What <see cref="LookAt"/> needs is asked in one
    /// way to a server with it: a service that waits for its turn has its answers with it.
    /// </summary>
    public void Begin(IReadOnlyList<VerifiedBatch> group)
    {
        if (_transaction is null)
        {
            _changes?.Set();
            _transaction = _connection.BeginWrite(
                [_newest, .. _changes is null ? (Statement[])[] : [_changes.Statement], .. QuestionsFor(group)]);
        }
    }

    /// <summary>
    /// Looks at what a group is judged by: changes of other services, and, where each question costs a way to a server,
    /// its journals and for which of them refunds wait.
    /// </summary>
    /// <param name="group">The batches, of which only some may have been asked for when the transaction began.</param>
    public void LookAt(IReadOnlyList<VerifiedBatch> group)
    {
        _changes?.Answer();
        Take();
        if (Journals.Look?.NotAsked(group) is { Count: > 0 } late)
        {
            _connection.Ask([.. QuestionsFor(late)]);
            Take();
        }
    }

    /// <summary>The newest position and the newest batch, behind which is appended; 0 in an empty ledger.</summary>
    public (long Position, long BatchId) Newest()
    {
        _newest.Next();
        var newest = (_newest.Long(0), _newest.Long(1));
        Entries.CommitMonth = _newest.Long(2);
        _newest.Reset();
        return newest;
    }

    /// <summary>Writes the gathered totals and commits: fsynced when it returns.</summary>
    /// <exception cref="CommitOutcomeUnknownException">
    /// The commit itself failed: it may have happened or not.
    /// </exception>
    public void Commit()
    {
        Flush();
        try
        {
            _transaction!.Commit();
            _transaction = null;
            Journals.Forget();
            Refunds.Forget();
        }
        catch (DbException error)
        {
            throw new CommitOutcomeUnknownException(error);
        }
    }

    /// <summary>Writes what was gathered, without an end of the transaction.</summary>
    public void Flush()
    {
        Journals.Flush();
        Totals.Flush();
        Spans.Flush();
        _connection.FlushRows();

        // After the rows that may be refused: an attempt that fails there has not told in vain what is kept apart.
        foreach (var entry in _apart)
        {
            WriteApart(entry);
        }

        _apart.Clear();
    }

    /// <summary>Undoes the transaction, if one is open.</summary>
    public void Rollback()
    {
        Journals.Forget();
        Refunds.Forget();
        Totals.Forget();
        Spans.Forget();
        _apart.Clear();
        _newest.Reset();
        _transaction?.Dispose();
        _transaction = null;
    }

    /// <summary>
    /// Keeps an entry apart: its reason with words, and a finding about who had the cabinet then. Refunds of lines that
    /// do not exist are found one by one, since which of them is known first depends on what arrives first. Gathered;
    /// <see cref="Flush"/> writes it.
    /// </summary>
    public void KeepApart(
        long position, CabinetId cabinet, (JournalId Journal, ulong Seq) place,
        (QuarantineReason Is, string Words) reason, long entryUtcMs, long nowUtcMs)
    {
        _apart.Add(new ApartEntry(position, cabinet, place.Journal, place.Seq, reason.Is, reason.Words, entryUtcMs,
            nowUtcMs));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _changes?.Dispose();
        _newest.Dispose();
        Journals.Dispose();
        Batches.Dispose();
        Entries.Dispose();
        Totals.Dispose();
        Spans.Dispose();
        Refunds.Dispose();
        Successions.Dispose();
        Quarantine.Dispose();
        Findings.Dispose();
        Corrections.Dispose();
        Hellos.Dispose();
        SealedRuns.Dispose();
        _connection.Dispose();
    }

    private Statement[] QuestionsFor(IReadOnlyList<VerifiedBatch> batches) =>
        Journals.Look is { } look && Refunds.Question(batches) is { } awaited ? [look.Question(batches), awaited] : [];

    private void Take()
    {
        if (Journals.Look is { } look)
        {
            look.Take();
            Refunds.Take();
        }
    }

    private void WriteApart(ApartEntry entry)
    {
        Quarantine.Insert(entry.Position, entry.Cabinet, entry.Journal, entry.Seq, entry.Reason, entry.Words,
            entry.NowUtcMs);
        Findings.Raise(FindingKind.EntryQuarantined, entry.Cabinet,
            entry.Reason == QuarantineReason.NoSuchLine
                ? $"{entry.Journal}/{entry.Reason}/{entry.Seq}"
                : $"{entry.Journal}/{entry.Reason}",
            FindingEvidence.Quarantine(entry.Journal, entry.Seq, entry.Reason), entry.NowUtcMs, entry.EntryUtcMs);
    }

    private readonly record struct ApartEntry(
        long Position, CabinetId Cabinet, JournalId Journal, ulong Seq, QuarantineReason Reason, string Words,
        long EntryUtcMs, long NowUtcMs);
}

/// <summary>
/// Nobody knows whether a transaction was committed: no receipt may be sent for it, and nothing cached may be believed.
/// </summary>
internal sealed class CommitOutcomeUnknownException(Exception cause)
    : Exception("The outcome of a ledger commit is unknown.", cause);
