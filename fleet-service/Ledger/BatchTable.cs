using KioskFleet.Protocol.Batches;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>The rows of one batch, as far as its entries are found through it.</summary>
/// <param name="FirstSeq">First entry appended by the batch.</param>
/// <param name="Entries">How many.</param>
/// <param name="FirstPosition">Ledger position of the first.</param>
internal readonly record struct BatchRange(long FirstSeq, long Entries, long FirstPosition);

/// <summary>
/// The table of batches: the index from (journal, number) to a ledger position. Belongs to one session.
/// </summary>
internal sealed class BatchTable(FleetConnection connection) : IDisposable
{
    private readonly RowWriter _rows = connection.PrepareRows(
        "batches",
        """
        batch_id, journal_no, first_seq, entries, first_position, signed_first_seq, envelope, signature, key_spki,
        catalogue_version, received_utc_ms
        """,
        isFew: true);

    private readonly Statement _locate = connection.Prepare("""
        SELECT first_seq, entries, first_position FROM batches
        WHERE journal_no = ?1 AND first_seq <= ?2 ORDER BY first_seq DESC LIMIT 1
        """);

    private readonly Statement _ofJournal = connection.Prepare("""
        SELECT first_seq, entries, first_position FROM batches WHERE journal_no = ?1 AND first_seq + entries > ?2
        ORDER BY first_seq
        """);

    /// <summary>Writes the row of a batch.</summary>
    /// <param name="batchId">Its id.</param>
    /// <param name="journalNo">Its journal.</param>
    /// <param name="range">What it appended.</param>
    /// <param name="verified">The message.</param>
    /// <param name="catalogueVersion">The catalogue it was judged by.</param>
    public void Insert(long batchId, long journalNo, BatchRange range, VerifiedBatch verified, long catalogueVersion)
    {
        ReceivedBatch batch = verified.Batch;
        _rows.Set(1, batchId).Set(2, journalNo).Set(3, range.FirstSeq).Set(4, range.Entries)
            .Set(5, range.FirstPosition).Set(6, (long)batch.FirstSeq).Set(7, batch.Envelope.Span)
            .Set(8, batch.Signature.Span).Set(9, verified.KeySpki.Span).Set(10, catalogueVersion)
            .Set(11, verified.ReceivedUtcMs).Add();
    }

    /// <summary>The ledger position of an entry; null when it is not in the ledger (in a gap, or never sent).</summary>
    public long? PositionOf(long journalNo, ulong seq)
    {
        _locate.Set(1, journalNo).Set(2, (long)seq);
        if (!_locate.Next())
        {
            return null;
        }

        var range = new BatchRange(_locate.Long(0), _locate.Long(1), _locate.Long(2));
        _locate.Reset();
        var offset = (long)seq - range.FirstSeq;
        return offset < range.Entries ? range.FirstPosition + offset : null;
    }

    /// <summary>The batches of a journal that hold entries from a number on, in order.</summary>
    public IReadOnlyList<BatchRange> From(long journalNo, ulong fromSeq)
    {
        var ranges = new List<BatchRange>();
        _ofJournal.Set(1, journalNo).Set(2, (long)fromSeq);
        while (_ofJournal.Next())
        {
            ranges.Add(new BatchRange(_ofJournal.Long(0), _ofJournal.Long(1), _ofJournal.Long(2)));
        }

        return ranges;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _locate.Dispose();
        _ofJournal.Dispose();
    }
}

/// <summary>A batch whose identity, signature and chain are proven.</summary>
/// <param name="Batch">The batch, its hashes computed.</param>
/// <param name="Cabinet">The registered cabinet.</param>
/// <param name="KeySpki">The public key that signed it.</param>
/// <param name="ReceivedUtcMs">When it came, Unix milliseconds UTC.</param>
internal sealed record VerifiedBatch(
    ReceivedBatch Batch, Fleet.CabinetModel Cabinet, ReadOnlyMemory<byte> KeySpki, long ReceivedUtcMs)
{
    /// <summary>The journal.</summary>
    public JournalId Journal => Batch.Header.Journal;
}
