using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Patterns;

/// <summary>
/// Which business days lie in which part of the ledger, so that a window is read without what holds none of its days. A
/// cabinet may bring a day months later, so neither order nor time of arrival would tell. Days are frozen at commit and
/// entries are never removed: what was read once stays true, and each reading adds what is new. The first reading after
/// a start goes through the whole ledger. Thread-safe.
/// </summary>
internal sealed class DayMapStore
{
    /// <summary>Positions of one part.</summary>
    public const int PartSize = 4_096;

    private readonly Lock _lock = new();
    private readonly List<(int First, int Last)> _days = [];
    private long _read;

    /// <summary>Reads what is new and tells the ranges of positions that may hold a span of days.</summary>
    /// <param name="connection">In a read transaction.</param>
    /// <param name="fromDay">First day, yyyymmdd.</param>
    /// <param name="toDay">First day after it, yyyymmdd.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IReadOnlyList<(long First, long Last)> Ranges(
        FleetConnection connection, int fromDay, int toDay, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Extend(connection, cancellationToken);
            var ranges = new List<(long First, long Last)>();
            for (var part = 0; part < _days.Count; part++)
            {
                if (_days[part].Last < fromDay || _days[part].First >= toDay)
                {
                    continue;
                }

                var (first, last) = ((long)part * PartSize + 1, Math.Min((part + 1L) * PartSize, _read));
                if (ranges.Count > 0 && ranges[^1].Last == first - 1)
                {
                    ranges[^1] = (ranges[^1].First, last);
                }
                else
                {
                    ranges.Add((first, last));
                }
            }

            return ranges;
        }
    }

    private void Extend(FleetConnection connection, CancellationToken cancellationToken)
    {
        using var rows = connection.Prepare("""
            SELECT position, business_day FROM entries WHERE position > ?1 ORDER BY position
            """);
        rows.Set(1, _read);
        while (rows.Next())
        {
            _read = rows.Long(0);
            var part = (int)((_read - 1) / PartSize);
            while (_days.Count <= part)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _days.Add((int.MaxValue, 0));
            }

            // Day 0 is a moment in which no cabinet can have sold.
            if (rows.Long(1) is > 0 and var day)
            {
                _days[part] = (Math.Min(_days[part].First, (int)day), Math.Max(_days[part].Last, (int)day));
            }
        }
    }
}
