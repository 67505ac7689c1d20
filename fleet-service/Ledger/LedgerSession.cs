using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Storage;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// One connection to the ledger with its prepared statements. Dropped as a whole after any failure, so that nothing
/// remembered outlives a transaction whose outcome is unknown. One thread at a time.
/// </summary>
internal sealed class LedgerSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;

    /// <summary>Opens a session that may write.</summary>
    public LedgerSession(FleetDatabase database)
    {
        _connection = database.OpenWriter();
        _begin = new Statement(_connection, "BEGIN IMMEDIATE");
        _commit = new Statement(_connection, "COMMIT");
        _rollback = new Statement(_connection, "ROLLBACK");
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

    /// <summary>The connection, for reads in the same transaction.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>Begins a transaction that excludes other writers.</summary>
    public void Begin() => _begin.Run();

    /// <summary>Writes the gathered totals and commits: fsynced when it returns.</summary>
    /// <exception cref="CommitOutcomeUnknownException">
    /// The commit itself failed: it may have happened or not.
    /// </exception>
    public void Commit()
    {
        Totals.Flush();
        Spans.Flush();
        try
        {
            _commit.Run();
        }
        catch (SqliteException error)
        {
            throw new CommitOutcomeUnknownException(error);
        }
    }

    /// <summary>Undoes the transaction, if one is open.</summary>
    public void Rollback()
    {
        Totals.Forget();
        Spans.Forget();
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
        {
            _rollback.Run();
        }
    }

    /// <summary>
    /// Keeps an entry apart: its reason with words, and a finding about who had the cabinet then. Refunds of lines that
    /// do not exist are found one by one, since which of them is known first depends on what arrives first.
    /// </summary>
    public void KeepApart(
        long position, CabinetId cabinet, (JournalId Journal, ulong Seq) place,
        (QuarantineReason Is, string Words) reason, long entryUtcMs, long nowUtcMs)
    {
        Quarantine.Insert(position, cabinet, place.Journal, place.Seq, reason.Is, reason.Words, nowUtcMs);
        Findings.Raise(FindingKind.EntryQuarantined, cabinet,
            reason.Is == QuarantineReason.NoSuchLine
                ? $"{place.Journal}/{reason.Is}/{place.Seq}"
                : $"{place.Journal}/{reason.Is}",
            FindingEvidence.Quarantine(place.Journal, place.Seq, reason.Is), nowUtcMs, entryUtcMs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
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
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
        {
            // Its transaction must not live on in the pool, where it would keep every other writer out.
            SqliteConnection.ClearPool(_connection);
        }

        _connection.Dispose();
    }
}

/// <summary>
/// Nobody knows whether a transaction was committed: no receipt may be sent for it, and nothing cached may be believed.
/// </summary>
internal sealed class CommitOutcomeUnknownException(Exception cause)
    : Exception("The outcome of a ledger commit is unknown.", cause);
