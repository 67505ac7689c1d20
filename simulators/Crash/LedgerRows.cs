using System.Data.Common;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.Crash;

/// <summary>
/// Reads the ledger's tables of either engine with eyes of its own: no code of the service judges here.
/// </summary>
internal static class LedgerRows
{
    /// <summary>Reads everything the proof needs, within the transaction that the connection has.</summary>
    public static LedgerFacts Read(DbConnection connection)
    {
        var walk = new ChainWalk(Gaps(connection));
        var records = Records(connection, walk);
        return new LedgerFacts
        {
            Records = records,
            Journals = [.. Rows(connection, """
                SELECT journal_id, cabinet_id, head_seq, head_hash, predecessor_id FROM journals ORDER BY journal_no
                """, row => walk.End(new LedgerJournal(JournalId.Read(Bytes(row, 0)), row.GetString(1),
                    new Head((ulong)row.GetInt64(2), Digest.Read(Bytes(row, 3))),
                    row.IsDBNull(4) ? null : JournalId.Read(Bytes(row, 4)), null)))],
            Findings = [.. Rows(connection, "SELECT kind, cabinet_id, subject FROM findings",
                row => new LedgerFinding(row.GetString(0), row.GetString(1), row.GetString(2)))],
            TotalFen = Sums(connection, "SELECT cabinet_id, CAST(sum(sales_fen) AS BIGINT) FROM totals GROUP BY 1"),
            RefundFen = Sums(connection, "SELECT cabinet_id, CAST(sum(refunds_fen) AS BIGINT) FROM totals GROUP BY 1"),
        };
    }

    private static List<LedgerRecord> Records(DbConnection connection, ChainWalk walk)
    {
        var vends = new Dictionary<long, string>();
        var targets = Rows(connection, "SELECT position, sale_position FROM refunds WHERE sale_position IS NOT NULL",
            row => (Refund: row.GetInt64(0), Sale: row.GetInt64(1)))
            .ToDictionary(pair => pair.Refund, pair => pair.Sale);
        var records = new List<LedgerRecord>();
        foreach (var record in Rows(connection, """
            SELECT e.position, j.journal_id, j.cabinet_id, e.seq, e.hash, e.bytes, e.state,
                   e.aid_fen + e.ordinary_fen + e.unmapped_fen
            FROM entries e JOIN batches b ON b.batch_id = e.batch_id JOIN journals j ON j.journal_no = b.journal_no
            ORDER BY j.journal_no, e.seq
            """, row =>
            {
                var bytes = Bytes(row, 5);
                walk.Next(JournalId.Read(Bytes(row, 1)), (ulong)row.GetInt64(3), Digest.Read(Bytes(row, 4)), bytes);
                return RecordOf(row.GetInt64(0), row.GetString(2), bytes, (CountState)row.GetInt64(6), row.GetInt64(7));
            }))
        {
            if (record is not null)
            {
                records.Add(record);
                vends[record.Position] = record.Key.Id;
            }
        }

        return records.ConvertAll(record => targets.TryGetValue(record.Position, out var sale)
            ? record with { Reverses = vends.GetValueOrDefault(sale, "") }
            : record);
    }

    private static LedgerRecord? RecordOf(long position, string cabinet, byte[] bytes, CountState state, long saleFen)
    {
        if (!EntryCodec.TryDecode(bytes, out _, out var body, out _))
        {
            return null;
        }

        return body switch
        {
            SaleBody sale => new(position, new(RecordKind.Sale, cabinet, sale.VendId), state,
                sale.Lines.Sum(line => line.PaidFen), saleFen, null),
            RefundBody refund => new(position, new(RecordKind.Refund, cabinet, refund.RefundNumber), state,
                refund.AmountFen, state == CountState.Counted ? refund.AmountFen : 0, null),
            NonSaleBody nonSale => new(position, new(RecordKind.NonSale, cabinet, nonSale.VendId), state, 0, 0, null),
            _ => null,
        };
    }

    private static IReadOnlyList<LedgerGap> Gaps(DbConnection connection) => [.. Rows(connection, """
        SELECT j.journal_id, g.first_seq, g.last_seq, g.last_hash
        FROM gaps g JOIN journals j ON j.journal_no = g.journal_no
        """, row => new LedgerGap(JournalId.Read(Bytes(row, 0)), (ulong)row.GetInt64(1), (ulong)row.GetInt64(2),
            Digest.Read(Bytes(row, 3))))];

    private static Dictionary<string, long> Sums(DbConnection connection, string sql) =>
        Rows(connection, sql, row => (Cabinet: row.GetString(0), Fen: row.GetInt64(1)))
            .ToDictionary(pair => pair.Cabinet, pair => pair.Fen);

    private static IEnumerable<T> Rows<T>(DbConnection connection, string sql, Func<DbDataReader, T> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return read(reader);
        }
    }

    private static byte[] Bytes(DbDataReader row, int column) => (byte[])row.GetValue(column);
}

/// <summary>Numbers that a journal declared gone.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="First">First number.</param>
/// <param name="Last">Last number.</param>
/// <param name="LastHash">The hash from which the chain goes on.</param>
internal sealed record LedgerGap(JournalId Journal, ulong First, ulong Last, Digest LastHash);

/// <summary>Walks the chains of all journals of a ledger. Not thread-safe.</summary>
internal sealed class ChainWalk(IReadOnlyList<LedgerGap> gaps)
{
    private readonly HashChain _chain = new();
    private readonly Dictionary<JournalId, (Head Head, string? Broken)> _at = [];

    /// <summary>Takes the next entry of a journal; they come in the order of their numbers.</summary>
    public void Next(JournalId journal, ulong seq, Digest hash, byte[] bytes)
    {
        var (head, broken) = At(journal);
        if (gaps.FirstOrDefault(gap => gap.Journal == journal && gap.First == head.Seq + 1) is { } gap)
        {
            head = new Head(gap.Last, gap.LastHash);
        }

        broken ??= seq != head.Seq + 1 ? $"entry {head.Seq + 1} is missing"
            : _chain.Next(head.Hash, bytes) != hash || EntryHeader.PeekSeq(bytes) != seq ? $"entry {seq} is another one"
            : null;
        _at[journal] = (new Head(seq, hash), broken);
    }

    /// <summary>The journal with what was found.</summary>
    public LedgerJournal End(LedgerJournal journal)
    {
        var (head, broken) = At(journal.Journal);
        return journal with
        {
            Broken = broken ?? (head == journal.Head ? null : $"the entries end at {head}, the head is {journal.Head}"),
        };
    }

    private (Head Head, string? Broken) At(JournalId journal) =>
        _at.TryGetValue(journal, out var at) ? at : (Head.Genesis(journal), null);
}
