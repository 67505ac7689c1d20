using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Patterns;

/// <summary>One cabinet under one operator, with its windows that are looked at, newest first.</summary>
internal sealed class WatchedUnit(IReadOnlyList<WatchedWindow> windows, IReadOnlyList<ISalesRule> rules)
{
    private readonly WindowWatch?[] _watches = new WindowWatch?[windows.Count];

    /// <summary>What was seen of each window; only windows with sales or non-sales.</summary>
    public IEnumerable<WindowWatch> Watches => _watches.OfType<WindowWatch>();

    /// <summary>The windows.</summary>
    public IReadOnlyList<WatchedWindow> Windows => windows;

    /// <summary>
    /// The watch of the window that holds a day, yyyymmdd; null when no window that is looked at does.
    /// </summary>
    /// <param name="day">The day.</param>
    /// <param name="isFinal">Whether it is one of those that are final, of which only late refunds are read.</param>
    public WindowWatch? WatchOf(int day, bool isFinal)
    {
        for (var i = 0; i < _watches.Length; i++)
        {
            var window = windows[i].Window;
            if (day >= window.FromNumber && day < window.ToNumber && windows[i].IsFinal == isFinal)
            {
                return _watches[i] ??= new WindowWatch(windows[i], rules);
            }
        }

        return null;
    }
}

/// <summary>What all rules see of one cabinet, operator and window.</summary>
internal sealed class WindowWatch(WatchedWindow window, IReadOnlyList<ISalesRule> rules)
{
    private readonly IReadOnlyList<ISalesRule> _rules =
        !window.IsFinal ? rules : [.. rules.Where(rule => rule.LooksAtFinalWindows)];

    private SalesWatch[]? _watches;

    private SalesWatch[] Watches => _watches ??= [.. _rules.Select(rule => rule.Watch(window))];

    /// <summary>The window.</summary>
    public WatchedWindow Window => window;

    /// <summary>What it counts.</summary>
    public WindowAmounts Amounts { get; } = new(window.Counted);

    /// <summary>Shows a sale to every rule.</summary>
    public void See(SeenSale sale)
    {
        Amounts.Add(sale);
        foreach (var watch in Watches)
        {
            watch.See(sale);
        }
    }

    /// <summary>Shows a non-sale to every rule.</summary>
    public void See(SeenNonSale nonSale)
    {
        foreach (var watch in Watches)
        {
            watch.See(nonSale);
        }
    }

    /// <summary>What each rule found; of one rule the heaviest.</summary>
    public IEnumerable<(ISalesRule Rule, PatternFound Found)> Found() => _rules.Zip(Watches)
        .SelectMany(pair => pair.Second.Found(Amounts)
            .OrderByDescending(found => found.Weight).ThenBy(found => found.Detail, StringComparer.Ordinal)
            .Take(PatternLimits.MaxFoundPerRule)
            .Select(found => (pair.First, found)));
}

/// <summary>Every cabinet under every operator, found by the assignment of a sale.</summary>
internal sealed class WatchedFleet
{
    private readonly Dictionary<long, WatchedUnit> _byAssignment = [];
    private readonly Dictionary<string, List<WatchedUnit>> _byCabinet = new(StringComparer.Ordinal);
    private readonly SortedSet<long> _lateSales = [];

    /// <summary>Chooses the windows of all cabinets.</summary>
    /// <param name="fleet">The register.</param>
    /// <param name="policies">The policies.</param>
    /// <param name="calendar">The zone and the present business day.</param>
    /// <param name="store">For what a window asks of earlier ones, and only when it does.</param>
    /// <param name="rules">The rules that watch.</param>
    public WatchedFleet(
        FleetSnapshot fleet, PolicyBook policies, (BusinessZone Zone, DateOnly Today) calendar, PatternStore store,
        IReadOnlyList<ISalesRule> rules)
    {
        var since = BusinessZone.Number(calendar.Today.AddDays(-PatternLimits.RecentRefundDays));
        var late = store.LateRefunds().ToLookup(refund => refund.AssignmentId);
        foreach (var cabinet in fleet.Cabinets)
        {
            var units = new List<WatchedUnit>();
            foreach (var group in cabinet.Assignments.GroupBy(a => a.OperatorId, StringComparer.Ordinal))
            {
                var windows = new UnitWindows(cabinet.Id.Value, [.. group], policies, (calendar.Zone, store));
                var unit = new WatchedUnit(
                    windows.Of(calendar.Today, [.. group.SelectMany(a => late[a.AssignmentId])], since, _lateSales),
                    rules);
                units.Add(unit);
                foreach (var assignment in group)
                {
                    _byAssignment[assignment.AssignmentId] = unit;
                }
            }

            _byCabinet[cabinet.Id.Value] = units;
        }
    }

    /// <summary>All of them, by cabinet.</summary>
    public IEnumerable<WatchedUnit> Units => _byCabinet.Values.SelectMany(units => units);

    /// <summary>The positions of sales of final windows that were given back after them, ascending.</summary>
    public IReadOnlyCollection<long> LateSales => _lateSales;

    /// <summary>
    /// The span of days that any window holds that is read whole, yyyymmdd, the end not included; null when there is
    /// none.
    /// </summary>
    public (int From, int To)? Days()
    {
        (int From, int To)? days = null;
        foreach (var window in Units.SelectMany(unit => unit.Windows).Where(window => !window.IsFinal))
        {
            var (from, to) = (window.Window.FromNumber, window.Window.ToNumber);
            days = days is { } known ? (Math.Min(known.From, from), Math.Max(known.To, to)) : (from, to);
        }

        return days;
    }

    /// <summary>The cabinet and operator of an assignment; null when the register does not know it.</summary>
    public WatchedUnit? Of(long assignmentId) => _byAssignment.GetValueOrDefault(assignmentId);

    /// <summary>The windows of a cabinet under all its operators that are read whole.</summary>
    public IEnumerable<WatchedWindow> WindowsOf(string cabinetId) => _byCabinet.TryGetValue(cabinetId, out var units)
        ? units.SelectMany(unit => unit.Windows).Where(window => !window.IsFinal)
        : [];
}
