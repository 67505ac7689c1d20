using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Rejudging;

/// <summary>A line of a sale that may have to be judged again.</summary>
/// <param name="Sku">Its SKU when that is affected; null when the line stays as it is.</param>
/// <param name="PaidFen">What was paid for it, in fen.</param>
internal readonly record struct JudgedLine(AffectedSku? Sku, long PaidFen);

/// <summary>A sale with at least one affected line, as its entry holds it: what is read of it never changes.</summary>
internal sealed record AffectedSale
{
    /// <summary>Its ledger position.</summary>
    public required long Position { get; init; }

    /// <summary>Its batch.</summary>
    public required long BatchId { get; init; }

    /// <summary>How it counted at commit.</summary>
    public required EntryState State { get; init; }

    /// <summary>The corrected moment of sale, Unix milliseconds UTC.</summary>
    public required long UtcMs { get; init; }

    /// <summary>Its business day, yyyymmdd.</summary>
    public required int BusinessDay { get; init; }

    /// <summary>Its assignment.</summary>
    public required long AssignmentId { get; init; }

    /// <summary>The operator of that assignment.</summary>
    public required string OperatorId { get; init; }

    /// <summary>One class per line at commit; zeros when it did not count then.</summary>
    public required byte[] ClassesAtCommit { get; init; }

    /// <summary>Its lines.</summary>
    public required JudgedLine[] Lines { get; init; }
}

/// <summary>
/// Reads the affected sales out of a stretch of the ledger, in place: a sale that is not affected allocates nothing.
/// Each reading has a connection and a moment of its own; thread-safe.
/// </summary>
internal sealed class AffectedSaleCursor(
    FleetDatabase database, AffectedSkus skus, IReadOnlyDictionary<long, string> operators)
{
    // Entries that count elsewhere never count here; quarantined ones may have been released.
    private const string Sql = """
        SELECT bytes, position, utc_ms, assignment_id, batch_id, state, business_day, line_class, line_classes
        FROM entries
        WHERE position BETWEEN ?1 AND ?2 AND kind = 1 AND state <> 2 AND utc_ms >= ?3 AND utc_ms < ?4
        ORDER BY position
        """;

    /// <summary>The affected sales at positions from first to last, both inside, in order.</summary>
    public IReadOnlyList<AffectedSale> Read(long first, long last, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = database.OpenReader();
        using var rows = new Statement(connection, Sql);
        rows.Set(1, first).Set(2, last).Set(3, skus.Times.FromUtcMs).Set(4, skus.Times.ToUtcMs);
        List<AffectedSale>? affected = null;
        while (rows.Next())
        {
            if (EntryHeader.TryRead(rows.Bytes(0), out var header, out var body)
                && header.BodyVersion == EntryBody.Version && IsAffected(rows, body))
            {
                (affected ??= []).Add(Sale(rows, body));
            }
        }

        return affected ?? (IReadOnlyList<AffectedSale>)[];
    }

    private bool IsAffected(Statement row, ReadOnlySpan<byte> body)
    {
        var sale = new SaleView(body);
        var isAffected = false;
        while (sale.NextLine(out var line))
        {
            isAffected = isAffected || (skus.Find(line.Sku) is { } sku
                && sku.IsAffected(OperatorOf(row.Long(3)), row.Long(1), row.Long(2)));
        }

        return isAffected && sale.AtEnd;
    }

    private AffectedSale Sale(Statement row, ReadOnlySpan<byte> body)
    {
        var sale = new SaleView(body);
        var lines = new JudgedLine[sale.LineCount];
        for (var i = 0; sale.NextLine(out var line); i++)
        {
            lines[i] = new JudgedLine(skus.Find(line.Sku), line.PaidFen);
        }

        return new AffectedSale
        {
            Position = row.Long(1),
            UtcMs = row.Long(2),
            AssignmentId = row.Long(3),
            OperatorId = OperatorOf(row.Long(3)),
            BatchId = row.Long(4),
            State = (EntryState)row.Long(5),
            BusinessDay = (int)row.Long(6),
            ClassesAtCommit = row.IsNull(8)
                ? Enumerable.Repeat((byte)row.Long(7), lines.Length).ToArray()
                : row.Bytes(8).ToArray(),
            Lines = lines,
        };
    }

    private string OperatorOf(long assignmentId) => operators.GetValueOrDefault(assignmentId, "");
}
