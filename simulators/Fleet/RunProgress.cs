using KioskFleet.Protocol.Entries;
using KioskFleet.Simulators.CityLoad;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Fleet;

/// <summary>
/// How far a run is, for the board. The money is counted from what was reported, by the catalogue that was imported: it
/// is for looking, the proof has its own sums. Thread-safe.
/// </summary>
internal sealed class RunProgress
{
    private readonly FleetLoad _load;
    private readonly Dictionary<string, CatalogueRow> _aid;
    private readonly Dictionary<string, RowCounts> _rows = new(StringComparer.Ordinal);
    private volatile string _phase = "starting";
    private volatile Func<IReadOnlyDictionary<string, long>> _committed = static () => new Dictionary<string, long>();

    /// <summary>Nothing done yet.</summary>
    public RunProgress(FleetLoad load)
    {
        _load = load;
        _aid = load.Catalogue.Where(static row => row.Kind == CatalogueKind.Aid).ToDictionary(static row => row.Sku);
        foreach (var row in load.Rows)
        {
            _rows[row.Key] = new RowCounts { Cabinets = load.Cabinets.Count(cabinet => cabinet.Row == row.Key) };
        }
    }

    /// <summary>What the run is doing.</summary>
    public void Enter(string phase) => _phase = phase;

    /// <summary>Says where the committed entries of each row are read.</summary>
    public void Watch(Func<IReadOnlyDictionary<string, long>> committed) => _committed = committed;

    /// <summary>Counts an event that its agent has answered.</summary>
    public void Recorded(string row, LoadEvent happening)
    {
        var counts = _rows[row];
        Interlocked.Increment(ref counts.Recorded);
        if (happening is SaleIntent sale)
        {
            foreach (var line in sale.Lines)
            {
                Add(counts, line, BusinessMonth.DayOf(sale.AtUtc));
            }
        }
    }

    /// <summary>The state now.</summary>
    public ProgressSnapshot Snapshot()
    {
        var committed = _committed();
        return new ProgressSnapshot(_phase, [.. _load.Rows.Select(row => new CountyProgress
        {
            Code = row.Key,
            Name = row.Name,
            Cabinets = _rows[row.Key].Cabinets,
            Expected = _load.Events.GetValueOrDefault(row.Key),
            Recorded = Interlocked.Read(ref _rows[row.Key].Recorded),
            Committed = committed.GetValueOrDefault(row.Key),
            AidFen = Interlocked.Read(ref _rows[row.Key].AidFen),
            TotalFen = Interlocked.Read(ref _rows[row.Key].TotalFen),
        })]);
    }

    private void Add(RowCounts counts, SaleLine line, DateOnly day)
    {
        Interlocked.Add(ref counts.TotalFen, line.PaidFen);
        if (_aid.TryGetValue(line.Sku, out var row) && row.ListedFrom <= day
            && (row.ListedTo is null || day < row.ListedTo))
        {
            Interlocked.Add(ref counts.AidFen, line.PaidFen);
        }
    }

    private sealed class RowCounts
    {
        public int Cabinets;
        public long Recorded;
        public long AidFen;
        public long TotalFen;
    }
}
