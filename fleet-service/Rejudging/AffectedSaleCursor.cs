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
/// Reads the affected sales out of a stretch of the ledger, in place: of a sale that is not affected only the bytes are
/// looked at, and nothing is allocated. Each reading has a connection and a moment of its own; thread-safe.
/// </summary>
internal sealed class AffectedSaleCursor(
    FleetDatabase database, AffectedSkus skus, IReadOnlyDictionary<long, string> operators)
{
    // A column that is asked for costs time in every row, so the others are read of those that sell an affected SKU.
    private const string BytesSql = "SELECT bytes, position FROM entries WHERE position BETWEEN ?1 AND ?2 ORDER BY 2";

    private const string RestSql = """
        SELECT kind, state, utc_ms, assignment_id, batch_id, business_day, line_class, line_classes
        FROM entries WHERE position = ?1
        """;

    /// <summary>The affected sales at positions from first to last, both inside, in order.</summary>
    public IReadOnlyList<AffectedSale> Read(long first, long last, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = database.OpenReader();
        using var moment = connection.BeginRead();
        using var rows = connection.Prepare(BytesSql);
        using var rest = connection.Prepare(RestSql);
        rows.Set(1, first).Set(2, last);
        List<AffectedSale>? affected = null;
        while (rows.Next())
        {
            var bytes = rows.Bytes(0);
            if (skus.MayBeIn(bytes) && EntryHeader.TryRead(bytes, out var header, out var body)
                && header.Kind == EntryKind.Sale && header.BodyVersion == EntryBody.Version && IsAnyIn(body)
                && Find(rest, rows.Long(1), body) is { } sale)
            {
                (affected ??= []).Add(sale);
            }
        }

        return affected ?? (IReadOnlyList<AffectedSale>)[];
    }

    private bool IsAnyIn(ReadOnlySpan<byte> body)
    {
        var sale = new SaleView(body);
        var isAny = false;
        while (sale.NextLine(out var line))
        {
            isAny = isAny || skus.Find(line.Sku) is not null;
        }

        return isAny && sale.AtEnd;
    }

    /// <summary>
    /// The sale, when its moment and operator are affected. One that counts elsewhere never counts here; a quarantined
    /// one may have been released.
    /// </summary>
    private AffectedSale? Find(Statement row, long position, ReadOnlySpan<byte> body)
    {
        row.Set(1, position);
        var isFound = row.Next();
        var sale = isFound && (EntryKind)row.Long(0) == EntryKind.Sale
            && (EntryState)row.Long(1) is EntryState.Counted or EntryState.Quarantined
                ? Sale(row, position, body)
                : null;
        row.Reset();
        return sale?.Lines.Any(l => l.Sku?.IsAffected(sale.OperatorId, position, sale.UtcMs) ?? false) ?? false
            ? sale
            : null;
    }

    private AffectedSale Sale(Statement row, long position, ReadOnlySpan<byte> body)
    {
        var sale = new SaleView(body);
        var lines = new JudgedLine[sale.LineCount];
        for (var i = 0; sale.NextLine(out var line); i++)
        {
            lines[i] = new JudgedLine(skus.Find(line.Sku), line.PaidFen);
        }

        var classes = new byte[lines.Length];
        if (row.IsNull(7))
        {
            classes.AsSpan().Fill((byte)row.Long(6));
        }
        else
        {
            classes = row.Bytes(7).ToArray();
        }

        return new AffectedSale
        {
            Position = position,
            State = (EntryState)row.Long(1),
            UtcMs = row.Long(2),
            AssignmentId = row.Long(3),
            OperatorId = operators.GetValueOrDefault(row.Long(3), ""),
            BatchId = row.Long(4),
            BusinessDay = (int)row.Long(5),
            ClassesAtCommit = classes,
            Lines = lines,
        };
    }
}
