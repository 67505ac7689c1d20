using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Ledger;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>
/// A small fleet that lives through random events along one line of time. Whatever is decided is told to the service by
/// its own doors and noted for the oracle in plain words.
/// </summary>
internal sealed class History : IDisposable
{
    public const string City = "341100";

    public static readonly IReadOnlyList<string> Counties = ["341125", "341126"];

    public static readonly IReadOnlyList<string> Operators = ["op-a", "op-b"];

    public static readonly IReadOnlyList<string> Skus = ["s0", "s1", "s2", "s3"];

    public static readonly IReadOnlyList<string> Products = ["p0", "p1", "p2"];

    public static readonly IReadOnlyList<string> Kinds =
        ["day", "week", "month", "quarter", "trailing-3", "trailing-30", "since-launch"];

    private const long Day = JournalOnPaper.DayMs;
    private int _number;

    public History(HistoryRig rig, int seed)
    {
        Chance = new Chance(seed);
        var first = FirstPolicy();
        Service = new HistoryService(rig, HistoryRig.Shipped with { Policies = [first] });
        NotePolicy(first);
        foreach (var i in Enumerable.Range(0, 1 + Chance.Below(4)))
        {
            Register($"cab-{i}");
        }

        TellCatalogue();
    }

    public Chance Chance { get; }

    public HistoryService Service { get; }

    public OracleFacts Facts { get; } = new();

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
        clock.UtcMs = Chance.Below(8) switch
        {
            0 => midnight - 1,
            1 => midnight,
            2 => Math.Max(clock.UtcMs + 1, Service.Places.Zone.StartOfUtcMs(nextMonth) - Chance.Below(2)),
            3 => clock.UtcMs + Chance.Below(12) * Day + Chance.Below(1_000_000),
            _ => clock.UtcMs + 1 + Chance.Below(20_000_000),
        };
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

    /// <summary>Tells the service the catalogue as the facts have it.</summary>
    public void TellCatalogue() => Service.Catalogue.Replace(CatalogueSnapshot.From(new CatalogueState(
        Service.Catalogue.Snapshot.Version + 1,
        [.. Products.Select(p => new Product(p, p))],
        [.. Facts.Listings.Select(l => new Listing(l.Product, Counties[0], new InForce(l.From, l.To)))],
        [.. Facts.Mappings.Select(m => new SkuMapping(m.Operator, m.Sku, m.Product, new InForce(m.From, m.To)))])));

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
        return HistoryRig.Shipped.Policies[0] with
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
        var first = RandomPolicy("first", new PolicyScope(ScopeKind.City, City), new DateOnly(2020, 9, 1));
        return first with { Version = 1, From = null, To = null };
    }
}
