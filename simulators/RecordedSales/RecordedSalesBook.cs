using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.RecordedSales;

/// <summary>A cabinet of a recorded file.</summary>
/// <param name="Id">The device's id.</param>
/// <param name="Place">The place of its first row; empty when the file has none.</param>
/// <param name="Events">
/// Its events in the order of time, those of one moment in the order of the file, numbered from 1.
/// </param>
internal sealed record RecordedCabinet(CabinetId Id, string Place, IReadOnlyList<LoadEvent> Events);

/// <summary>
/// A whole file of recorded sales, ready to be replayed, with the sums that a proof needs. Immutable.
/// </summary>
internal sealed record RecordedSalesBook
{
    /// <summary>Data rows of the file, refused ones included.</summary>
    public required long RowsRead { get; init; }

    /// <summary>The rows that became nothing, in the order of the file.</summary>
    public required IReadOnlyList<RefusedRow> Refused { get; init; }

    /// <summary>The cabinets by id.</summary>
    public required IReadOnlyList<RecordedCabinet> Cabinets { get; init; }

    /// <summary>Sales.</summary>
    public long Sales => Count<SaleIntent>();

    /// <summary>Orders for which nothing was paid: non-sales.</summary>
    public long FreeVends => Count<NonSaleIntent>();

    /// <summary>Refunds.</summary>
    public long Refunds => Count<RefundIntent>();

    /// <summary>Vends without delivery.</summary>
    public long FailedVends => Count<FailedVendIntent>();

    /// <summary>The money of all sales in fen, before refunds.</summary>
    public long SoldFen => Events.OfType<SaleIntent>().Sum(static sale => sale.PaidFen);

    /// <summary>The money of all refunds in fen.</summary>
    public long RefundedFen => Events.OfType<RefundIntent>().Sum(static refund => refund.AmountFen);

    private IEnumerable<LoadEvent> Events => Cabinets.SelectMany(static cabinet => cabinet.Events);

    /// <summary>Reads a file; gives the book, or what is wrong with the file's header.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (RecordedSalesBook? Book, string? Problem) Load(string path, RecordedSalesOptions options)
    {
        using var stream = File.OpenRead(path);
        return Load(stream, options);
    }

    /// <summary>Reads a stream that can seek; gives the book, or what is wrong with its header.</summary>
    public static (RecordedSalesBook? Book, string? Problem) Load(Stream stream, RecordedSalesOptions options)
    {
        var (reader, problem) = RecordedSalesReader.Open(stream, options);
        return reader is null ? (null, problem) : (Collect(reader.Rows()), null);
    }

    private static RecordedSalesBook Collect(IEnumerable<RecordedRow> rows)
    {
        var read = 0L;
        var refused = new List<RefusedRow>();
        var accepted = new List<AcceptedRow>();
        foreach (var row in rows)
        {
            read++;
            if (row is AcceptedRow good)
            {
                accepted.Add(good);
            }
            else
            {
                refused.Add((RefusedRow)row);
            }
        }

        return new RecordedSalesBook
        {
            RowsRead = read,
            Refused = refused,
            Cabinets =
            [
                .. accepted.GroupBy(static row => row.Events[0].Cabinet)
                    .OrderBy(static group => group.Key)
                    .Select(static group => new RecordedCabinet(group.Key, group.First().Place, InTimeOrder(group))),
            ],
        };
    }

    /// <summary>The sort is stable: the order of the file decides within one minute.</summary>
    private static LoadEvent[] InTimeOrder(IEnumerable<AcceptedRow> rows) =>
    [
        .. rows.SelectMany(static row => row.Events)
            .OrderBy(static happening => happening.AtUtc)
            .Select(static (happening, i) => happening with { Sequence = i + 1 }),
    ];

    private long Count<T>() => Events.LongCount(static happening => happening is T);
}
