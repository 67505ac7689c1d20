using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Ledger;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>
/// A small fleet that lives through random events along one line of time. Whatever is decided is told to the service by
/// its own doors and noted for the oracle in plain words.
/// </summary>
internal sealed class History : IDisposable
{
    public static readonly IReadOnlyList<string> Operators = ["op-a", "op-b"];

    public static readonly IReadOnlyList<string> Skus = ["s0", "s1", "s2", "s3"];

    public static readonly IReadOnlyList<string> Products = ["p0", "p1", "p2"];

    public static readonly IReadOnlyList<string> Kinds =
        ["day", "week", "month", "quarter", "trailing-3", "trailing-30", "since-launch"];

    private const long Day = JournalOnPaper.DayMs;
    private readonly Policy _cabinetPolicy;
    private int _number;

    public History(HistoryRig rig, int seed)
    {
        Chance = new Chance(seed);
        var shipped = Chance.Of(HistoryRig.All);
        _cabinetPolicy = shipped.Policies.First(p => p.VenueKind == PolicyBook.CabinetVenue);
        City = shipped.City.Code.Value;
        Counties = [.. shipped.Counties.Take(2).Select(c => c.Code.Value)];

        // Steps of the shipped threshold lie within the history.
        Start = _cabinetPolicy.Threshold.Steps is [var step, ..] ? step.From.AddDays(-10) : new DateOnly(2020, 9, 1);
        var first = Chance.OneIn(2) ? _cabinetPolicy : FirstPolicy();
        Service = new HistoryService(rig, shipped with { Policies = [first] }, shipped.Zone.StartOfUtcMs(Start));
        Catalogue = new HistoryCatalogue(this);
        Facts = new OracleFacts
        {
            CityCodes = [City, .. shipped.Counties.Select(c => c.Code.Value)],
            CityOnly = shipped.Recognition.Counted switch
            {
                CountedListings.Any => false,
                CountedListings.CityOrNational => true,
                _ => throw new NotSupportedException("The oracle does not know such terms."),
            },
        };
        NotePolicy(first);
        foreach (var i in Enumerable.Range(0, 1 + Chance.Below(4)))
        {
            Register($"cab-{i}");
        }
    }

    public string City { get; }

    public IReadOnlyList<string> Counties { get; }

    /// <summary>The first business day.</summary>
    public DateOnly Start { get; }

    public HistoryCatalogue Catalogue { get; }

    /// <summary>Sales that re-judgings changed so far.</summary>
    public long Rejudged { get; private set; }

    public Chance Chance { get; }

    public HistoryService Service { get; }

    public OracleFacts Facts { get; }

    public List<JournalOnPaper> Journals { get; } = [];

    /// <summary>What each journal has told so far, by its id.</summary>
    public Dictionary<JournalOnPaper, ulong> Heads { get; } = [];

    /// <summary>Sales that were made, delivered or not.</summary>
    public List<(JournalOnPaper Journal, ulong Seq, int Lines)> Sold { get; } = [];

    public long Now => Service.Clock.UtcMs;

    public DateOnly Today => Service.Places.Zone.DayOf(Now);

    /// <summary>A name that was not used before.</summary>
    public string Named(string prefix) => $"{prefix}{++_number}";

    /// <summary>Goes on in time: a moment, some hours, some days, or to the very edge of a day, week, month or quarter.
    /// </summary>
    public void GoOn()
    {
        var clock = Service.Clock;
        var midnight = Service.Places.Zone.StartOfUtcMs(Today.AddDays(1 + Chance.Below(3)));
        var nextMonth = new DateOnly(Today.Year, Today.Month, 1).AddMonths(1);

        // Always later: two things of one millisecond have no order that whoever reads them later could know.
        clock.UtcMs = Math.Max(clock.UtcMs + 1, Chance.Below(8) switch
        {
            0 => midnight - 1,
            1 => midnight,
            2 => Service.Places.Zone.StartOfUtcMs(nextMonth) - Chance.Below(2),
            3 => clock.UtcMs + Chance.Below(12) * Day + Chance.Below(1_000_000),
            _ => clock.UtcMs + Chance.Below(20_000_000),
        });
    }

    /// <summary>Registers a cabinet with one or two journals.</summary>
    public void Register(string cabinet)
    {
        Assign(cabinet, Chance.Of(Operators), Chance.Of(Counties));
        for (var i = Chance.Below(3); i >= 0; i -= 2)
        {
            Journals.Add(Service.Journal(cabinet, ++_number));
        }
    }

    /// <summary>Gives a cabinet an operator and a county from now on.</summary>
    public void Assign(string cabinet, string operatorId, string county)
    {
        if (Facts.Assignments.Find(a => a.Cabinet == cabinet && a.To is null) is { } before)
        {
            before.To = Now;
        }

        Facts.Assignments.Add(new OracleAssignment
        {
            Cabinet = cabinet, Operator = operatorId, County = county, From = Now,
        });
        Service.Assign(cabinet, operatorId, county, Now);
    }

    /// <summary>Judges again what corrections of the catalogue affect; after it nothing is open.</summary>
    public async Task RejudgeAsync() => Rejudged += await Catalogue.SweepAsync();

    /// <summary>Notes a policy as the oracle knows it.</summary>
    public void NotePolicy(Policy policy) => Facts.Policies.Add(new OraclePolicy
    {
        Id = policy.Id,
        Version = policy.Version,
        Scope = policy.Scope.Kind.ToString().ToLowerInvariant(),
        ScopeId = policy.Scope.Id,
        Judged = policy.Judged switch
        {
            Judged.OperatorInCounty => "operatorInCounty",
            Judged.County => "county",
            _ => "cabinet",
        },
        Window = policy.Window,
        Threshold = policy.Threshold.BasisPoints,
        Steps = [.. policy.Threshold.Steps.Select(s => (s.From.ToDateTime(default), s.BasisPoints))],
        Margin = policy.WarningMarginBasisPoints,
        MinimumTurnover = policy.MinimumTurnoverFen,
        ProvisionalDays = policy.ProvisionalDays,
        From = policy.From?.ToDateTime(default),
        To = policy.To?.ToDateTime(default),
    });

    /// <summary>A policy with terms by chance; of whole days from a day on.</summary>
    public Policy RandomPolicy(string id, PolicyScope scope, DateOnly from)
    {
        var shares = (int[])[0, 2_500, 3_333, 5_000, 5_000, 6_667, 9_999, 10_000];
        var judged = scope.Kind switch
        {
            ScopeKind.Cabinet => Judged.Cabinet,
            ScopeKind.Operator => Chance.Of([Judged.Cabinet, Judged.OperatorInCounty]),
            _ => Chance.Of([Judged.Cabinet, Judged.OperatorInCounty, Judged.County]),
        };
        var steps = Enumerable.Range(0, Chance.Below(3))
            .Select(i => new ThresholdStep(from.AddDays(1 + i * 9 + Chance.Below(9)), Chance.Of(shares)));
        var to = Chance.OneIn(4) ? from.AddDays(30 + Chance.Below(30)) : (DateOnly?)null;
        return _cabinetPolicy with
        {
            Id = id,
            Scope = scope,
            Judged = judged,
            Threshold = new ThresholdSchedule(Chance.Of(shares), [.. steps]),
            Window = Chance.Of(Kinds),
            From = from,
            To = to,
            MinimumTurnoverFen = Chance.OneIn(3) ? Chance.Below(600) : 0,
            WarningMarginBasisPoints = Chance.Of([0, 500, 4_000]),
            ProvisionalDays = Chance.Below(12),
        };
    }

    public void Dispose() => Service.Dispose();

    private Policy FirstPolicy()
    {
        var first = RandomPolicy("first", new PolicyScope(ScopeKind.City, City), Start);
        return first with { Version = 1, From = null, To = null };
    }
}
