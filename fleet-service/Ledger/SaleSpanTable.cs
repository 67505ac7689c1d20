using System.Runtime.InteropServices;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>
/// Earliest and latest moment of the sales at each block of positions, so that who looks for the sales of a span of
/// time reads only the blocks that may hold some. Gathered per group and written in its transaction. Belongs to one
/// session.
/// </summary>
internal sealed class SaleSpanTable(FleetConnection connection) : IDisposable
{
    /// <summary>Positions of one block; the migration that made the table has the same number.</summary>
    public const long PositionsPerBlock = 4_096;

    private readonly RowWriter _rows = connection.PrepareRows(
        "sale_spans",
        "block, first_utc_ms, last_utc_ms",
        """
        ON CONFLICT (block) DO UPDATE SET
          first_utc_ms = CASE WHEN excluded.first_utc_ms < sale_spans.first_utc_ms THEN excluded.first_utc_ms
                         ELSE sale_spans.first_utc_ms END,
          last_utc_ms = CASE WHEN excluded.last_utc_ms > sale_spans.last_utc_ms THEN excluded.last_utc_ms
                        ELSE sale_spans.last_utc_ms END
        """);

    private readonly Dictionary<long, (long First, long Last)> _spans = [];

    /// <summary>Notes the moment of a sale, Unix milliseconds UTC.</summary>
    public void Note(long position, long utcMs)
    {
        ref var span = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _spans, position / PositionsPerBlock, out var known);
        span = known ? (Math.Min(span.First, utcMs), Math.Max(span.Last, utcMs)) : (utcMs, utcMs);
    }

    /// <summary>Writes what was gathered.</summary>
    public void Flush()
    {
        foreach (var (block, span) in _spans)
        {
            _rows.Set(1, block).Set(2, span.First).Set(3, span.Last).Add();
        }

        _spans.Clear();
    }

    /// <summary>Forgets what was gathered: the transaction is undone.</summary>
    public void Forget() => _spans.Clear();

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();
}
