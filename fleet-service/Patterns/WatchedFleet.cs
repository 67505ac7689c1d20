using KioskFleet.Service.Compliance;
using KioskFleet.Service.Fleet;
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
    public WindowWatch? WatchOf(int day)
    {
        for (var i = 0; i < _watches.Length; i++)
        {
            var window = windows[i].Window;
            if (day >= window.FromNumber && day < window.ToNumber)
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
    private readonly SalesWatch[] _watches = [.. rules.Select(rule => rule.Watch(window))];

    /// <summary>The window.</summary>
    public WatchedWindow Window => window;

    /// <summary>What it counts.</summary>
    public WindowAmounts Amounts { get; } = new();

    /// <summary>Shows a sale to every rule.</summary>
    public void See(SeenSale sale)
    {
        Amounts.Add(sale);
        foreach (var watch in _watches)
        {
            watch.See(sale);
        }
    }

    /// <summary>Shows a non-sale to every rule.</summary>
    public void See(SeenNonSale nonSale)
    {
        foreach (var watch in _watches)
        {
            watch.See(nonSale);
        }
    }

    /// <summary>What each rule found; of one rule the heaviest.</summary>
    public IEnumerable<(ISalesRule Rule, PatternFound Found)> Found() => rules.Zip(_watches)
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

    /// <summary>Chooses the windows of all cabinets.</summary>
    /// <param name="fleet">The register.</param>
    /// <param name="policies">The policies.</param>
    /// <param name="today">The present business day.</param>
    /// <param name="store">For what a window asks of earlier ones, and only when it does.</param>
    /// <param name="rules">The rules that watch.</param>
    public WatchedFleet(
        FleetSnapshot fleet, PolicyBook policies, DateOnly today, PatternStore store, IReadOnlyList<ISalesRule> rules)
    {
        foreach (var cabinet in fleet.Cabinets)
        {
            var units = new List<WatchedUnit>();
            foreach (var group in cabinet.Assignments.GroupBy(a => a.OperatorId, StringComparer.Ordinal))
            {
                var chosen = WindowChoice.Of(policies, Subject(cabinet, group), today);
                var unit = new WatchedUnit(Windows(cabinet.Id.Value, [.. group], chosen, store), rules);
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

    /// <summary>
    /// The span of days that any window holds, yyyymmdd, the end not included; null when there is none.
    /// </summary>
    public (int From, int To)? Days()
    {
        (int From, int To)? days = null;
        foreach (var window in Units.SelectMany(unit => unit.Windows))
        {
            var (from, to) = (window.Window.FromNumber, window.Window.ToNumber);
            days = days is { } known ? (Math.Min(known.From, from), Math.Max(known.To, to)) : (from, to);
        }

        return days;
    }

    /// <summary>The cabinet and operator of an assignment; null when the register does not know it.</summary>
    public WatchedUnit? Of(long assignmentId) => _byAssignment.GetValueOrDefault(assignmentId);

    /// <summary>The windows of a cabinet under all its operators.</summary>
    public IEnumerable<WatchedWindow> WindowsOf(string cabinetId) =>
        _byCabinet.TryGetValue(cabinetId, out var units) ? units.SelectMany(unit => unit.Windows) : [];

    private static PolicySubject Subject(CabinetModel cabinet, IEnumerable<AssignmentModel> assignments)
    {
        var last = assignments.Last();
        return new PolicySubject(cabinet.Id.Value, last.OperatorId, last.County.Value);
    }

    private static List<WatchedWindow> Windows(
        string cabinetId, IReadOnlyList<AssignmentModel> assignments, IReadOnlyList<ChosenWindow> chosen,
        PatternStore store)
    {
        List<long> numbers = [.. assignments.Select(a => a.AssignmentId)];
        return [.. chosen.Select(window => new WatchedWindow(
            cabinetId, assignments[^1].OperatorId, assignments[^1].County.Value, window.Window, window.JudgedOn,
            window.HasEnded, window.Policy)
        {
            EarlierAidFen = new Lazy<long>(() => store.AidFen(cabinetId, numbers, Before(window))),
            FirstSaleDay = new Lazy<int>(() => store.FirstSaleDay(cabinetId, numbers)),
        })];
    }

    /// <summary>The window before one; of a rolling one the same number of days before it.</summary>
    private static JudgingWindow Before(ChosenWindow window) => window.Policy.Window switch
    {
        "since-launch" => window.Window with { To = window.Window.From },
        var kind when kind.StartsWith("trailing-", StringComparison.Ordinal) => window.Window with
        {
            From = window.Window.From.AddDays(window.Window.From.DayNumber - window.Window.To.DayNumber),
            To = window.Window.From,
        },
        var kind => JudgingWindow.Of(kind, window.Window.From.AddDays(-1)),
    };
}
