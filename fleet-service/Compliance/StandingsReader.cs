using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>
/// Reads and judges windows: now, at a past moment, and projected to their end. A standing at a past moment is that of
/// the window that holds the moment, of the sales made up to it, by the policy then in force, and by what the ledger
/// knows now: sales that arrived since, and every refund of these sales, are in it. Thread-safe.
/// </summary>
internal sealed class StandingsReader(
    ProvenSales sales, MomentSalesStore moments, PlacesDataSet places, CurrentPolicies policies,
    CurrentCatalogue catalogue, TimeProvider time)
{
    /// <summary>The word for "each cabinet in the window of its own policy".</summary>
    public const string OwnWindow = "policy";

    /// <summary>The data set.</summary>
    public PlacesDataSet Places => places;

    /// <summary>The zone of business days.</summary>
    public BusinessZone Zone => places.Zone;

    /// <summary>The present business day.</summary>
    public DateOnly Today => places.Zone.DayOf(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The policies as they are now.</summary>
    public PolicyBook Policies => policies.Book;

    /// <summary>Understands a question.</summary>
    /// <param name="window">
    /// A window's name, a kind (the one that holds the moment), or <see cref="OwnWindow"/>; without it the kind that
    /// the policy of the whole city judges by.
    /// </param>
    /// <param name="at">A business day, or a moment with its offset; the present without it.</param>
    public WindowAsk Understand(string? window, string? at)
    {
        if (AskedMoment.Parse(at, places.Zone, time.GetUtcNow()) is not { } moment)
        {
            return new WindowAsk.BadMoment();
        }

        var book = policies.Book;
        if (window == OwnWindow)
        {
            var kinds = Kinds(book, moment.Day);
            return new WindowAsk.Windows([.. kinds.Select(k => (JudgingWindow.Of(k, moment.Day), (string?)k))], moment);
        }

        var kind = string.IsNullOrEmpty(window) ? StandingsQuery.DefaultKind(book, moment.Day) : window;
        var found = JudgingWindow.IsKind(kind) ? JudgingWindow.Of(kind, moment.Day)
            : JudgingWindow.Parse(kind, moment.Day);
        return found is null ? new WindowAsk.BadWindow()
            : moment.IsAsked && (moment.Day < found.From || moment.Day > found.Last) ? new WindowAsk.BadMoment()
            : new WindowAsk.Windows([(found, null)], moment);
    }

    /// <summary>The kinds of window that cabinets are judged by on a day, in order of their names.</summary>
    public static IReadOnlyList<string> Kinds(PolicyBook book, DateOnly day) =>
        [.. book.All.Where(p => p.VenueKind == PolicyBook.CabinetVenue && p.InForceOn(day)).Select(p => p.Window)
            .Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Reads and judges; null when too many entries would have to be read.</summary>
    /// <param name="ask">The windows.</param>
    /// <param name="cabinetId">One cabinet, or null for all. What is judged together reads all all the same.</param>
    public IReadOnlyList<WindowAnswer>? Read(WindowAsk.Windows ask, string? cabinetId = null)
    {
        var book = policies.Book;
        var only = book.All.All(p => p.Judged == Judged.Cabinet) ? cabinetId : null;
        var answers = new List<WindowAnswer>(ask.All.Count);
        foreach (var (window, ownKind) in ask.All)
        {
            if (Sales(window, ask.Moment, only) is not { } sold)
            {
                return null;
            }

            var context = Context(book, window, ask.Moment);
            answers.Add(new WindowAnswer(
                window, sold, StandingsRule.Judge(sold, window, context), context, ownKind));
        }

        return answers;
    }

    /// <summary>A window as it stands at the present moment, all cabinets.</summary>
    public WindowAnswer ReadWhole(JudgingWindow window, DateTimeOffset now)
    {
        var sold = sales.Read(window);
        var context = JudgingContext.At(policies.Book, places.Zone, window, now, catalogue.Snapshot.Version);
        return new WindowAnswer(window, sold, StandingsRule.Judge(sold, window, context), context, null);
    }

    /// <summary>
    /// The window at its end if sales go on as so far, judged by the policy of its last day; null when nothing of it is
    /// to come.
    /// </summary>
    public (WindowAnswer Answer, IReadOnlyDictionary<string, ProjectionBasis> Bases)? Project(
        WindowAnswer soFar, AskedMoment moment)
    {
        var window = soFar.Window;
        if (!ProjectionRule.IsOpen(window, moment))
        {
            return null;
        }

        var cuts = new Dictionary<string, DateOnly>(StringComparer.Ordinal);
        foreach (var cabinet in soFar.Sales.Assignments.Select(a => a.CabinetId).Distinct())
        {
            long? until = soFar.Sales.CompleteUntilUtcMs.TryGetValue(cabinet, out var ms) ? ms : null;
            if (ProjectionRule.CutOf(until, moment.LastWholeDay, window, places.Zone) is { } cut)
            {
                cuts[cabinet] = cut;
            }
        }

        var projected = ProjectionRule.Of(soFar.Sales, Whole(window, cuts), cuts, window, places.Zone);
        var context = soFar.Context with { Day = window.Last };
        var judged = StandingsRule.Judge(projected.Sales, window, context);
        return (new WindowAnswer(window, projected.Sales, judged, context, soFar.OwnKind), projected.Bases);
    }

    private JudgingContext Context(PolicyBook book, JudgingWindow window, AskedMoment moment)
    {
        var context = JudgingContext.At(
            book, places.Zone, window, time.GetUtcNow(), catalogue.Snapshot.Version);
        return moment.IsAsked ? context with { Day = moment.Day } : context;
    }

    private WindowSales? Sales(JudgingWindow window, AskedMoment moment, string? cabinetId)
    {
        if (!moment.IsAsked)
        {
            return sales.Read(window, cabinetId);
        }

        if (moment.UtcMs is not { } until)
        {
            return sales.Read(window.UpTo(moment.Day), cabinetId);
        }

        return moments.Read(moment.Day, until, cabinetId) is { } part
            ? Together(sales.ReadUnproven(window.UpTo(moment.Day.AddDays(-1)), cabinetId), part)
            : null;
    }

    /// <summary>What was sold by the end of each cabinet's last complete day: most share one day, and one reading.
    /// </summary>
    private Dictionary<(string Cabinet, long Assignment), ClassAmounts> Whole(
        JudgingWindow window, Dictionary<string, DateOnly> cuts)
    {
        var whole = new Dictionary<(string, long), ClassAmounts>();
        foreach (var day in cuts.GroupBy(c => c.Value, c => c.Key))
        {
            var cabinets = day.ToHashSet(StringComparer.Ordinal);
            var until = window.UpTo(day.Key);
            IEnumerable<WindowSales> readings = cabinets.Count > ComplianceLimits.MaxReadOneByOne
                ? [sales.ReadUnproven(until)]
                : cabinets.Select(cabinet => sales.ReadUnproven(until, cabinet));
            foreach (var sold in readings.SelectMany(r => r.Assignments))
            {
                if (cabinets.Contains(sold.CabinetId))
                {
                    whole[(sold.CabinetId, sold.AssignmentId)] = sold.Amounts;
                }
            }
        }

        return whole;
    }

    private static WindowSales Together(WindowSales days, IReadOnlyList<AssignmentSales> part)
    {
        var sums = new Dictionary<(string, long), AssignmentSales>();
        foreach (var sold in days.Assignments.Concat(part))
        {
            var key = (sold.CabinetId, sold.AssignmentId);
            sums[key] = sums.TryGetValue(key, out var there)
                ? there with { Amounts = there.Amounts + sold.Amounts }
                : sold;
        }

        return days with
        {
            Assignments = [.. sums.Values.OrderBy(s => s.CabinetId, StringComparer.Ordinal).ThenBy(s => s.FromUtcMs)
                .ThenBy(s => s.AssignmentId)],
        };
    }
}
