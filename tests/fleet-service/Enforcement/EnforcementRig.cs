using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Enforcement;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

/// <summary>
/// The planner over a real ledger. The policy: the city's share and window, restrict at once, 10 yuan or 10 % of
/// allowance; a test changes what it needs. <c>tea</c> is aid until 21 September, <c>cola</c> ordinary.
/// </summary>
internal sealed class EnforcementRig : IDisposable
{
    private readonly CurrentPolicies _policies;

    /// <param name="dataSet">The city.</param>
    /// <param name="change">What a test has otherwise in the policy.</param>
    public EnforcementRig(string dataSet, Func<Policy, Policy>? change = null)
    {
        Books = new BooksRig(dataSet);
        var shipped = Books.Places.Policies.Single(policy => policy.VenueKind == PolicyBook.CabinetVenue);
        var policy = shipped with
        {
            OpeningAllowance = new OpeningAllowance(1_000, 1_000),
            Enforcement = new EnforcementTerms(PolicyMode.Restrict, 0, 200, 0),
        };
        _policies = new CurrentPolicies(new PolicyBook([change?.Invoke(policy) ?? policy]));
        Store = new EnforcementStore(Books.Database);
        Told = new ToldConfigStore(Books.Database);
        Figures = new FiguresStore(Books.Database);
        Exemptions = new ExemptionStore(Books.Database, Books.Time);
        Sources = new EnforcementSources(Books.Register, _policies, Books.Catalogue,
            new StandingsQuery(new StandingsStore(Books.Database, Zone), Books.Places, _policies, Books.Time),
            Exemptions, Zone);
        Planner = NewPlanner();
    }

    public BooksRig Books { get; }

    public EnforcementStore Store { get; }

    public ToldConfigStore Told { get; }

    public FiguresStore Figures { get; }

    public ExemptionStore Exemptions { get; }

    public EnforcementSources Sources { get; }

    public WantedConfigs Wanted { get; } = new();

    public RuleNotAppliedSource Source => new(Sources, Store, Told, new SoldLineStore(Books.Database, Zone));

    public BlockedProductSource Blocked => new(Sources, Told, new SoldLineStore(Books.Database, Zone));

    public EnforcementPlanner Planner { get; private set; }

    public Policy Policy => _policies.Book.All[0];

    /// <summary>The least share at the beginning, in parts of 10,000.</summary>
    public int Threshold => Policy.ThresholdOn(First);

    /// <summary>The policy's window that 1 to 6 September lie in, whatever shipped city it is.</summary>
    public JudgingWindow Window => JudgingWindow.Of(Policy.Window, First);

    /// <summary>How a finding names that window.</summary>
    public string WindowDays => $"{Window.From:yyyy-MM-dd}/{Window.Last:yyyy-MM-dd}";

    /// <summary>Ordinary sales that alone are enough turnover to be judged by, and a breach.</summary>
    public long BreachFen => Math.Max(9_000, Policy.MinimumTurnoverFen);

    private static DateOnly First => new(2020, 9, 1);

    private BusinessZone Zone => Books.Places.Zone;

    public CheckMoment Moment
    {
        get
        {
            var nowUtcMs = Books.Time.GetUtcNow().ToUnixTimeMilliseconds();
            return new CheckMoment(nowUtcMs, Zone.DayOf(nowUtcMs));
        }
    }

    /// <summary>The ordinary sales that so much aid allows; whole fen for multiples of 90.</summary>
    public long Gives(long aidFen) => aidFen * (10_000 - Threshold) / Threshold;

    public void Put(params Policy[] policies) => _policies.Replace(new PolicyBook(policies));

    /// <summary>As after a restart of the service: nothing is remembered.</summary>
    public void Restart() => Planner = NewPlanner();

    /// <summary>Goes to a moment so many days after the window of the first sales, or before its end.</summary>
    public void GoToEnd(int days, int hour) => GoTo(Window.To.AddDays(days).ToDateTime(new TimeOnly(hour, 0)));

    public void GoTo(DateTime shanghai) => Books.Time.SetUtcNow(new DateTimeOffset(shanghai, TimeSpan.FromHours(8)));

    public Task<int> Plan(params string[] only) => Planner.PlanAsync(
        Moment, only.Length == 0 ? null : only.ToHashSet(), EnforcementPlanner.SystemActor, BooksRig.Stop);

    /// <summary>A committed journal of a cabinet with sales at the present moment.</summary>
    public async Task<JournalOnPaper> Sell(string cabinet, params (string Sku, long PaidFen)[] sales)
    {
        var journal = Books.Journal(cabinet);
        await Sell(journal, sales);
        return journal;
    }

    public async Task Sell(JournalOnPaper journal, params (string Sku, long PaidFen)[] sales)
    {
        var first = journal.Count + 1;
        foreach (var sale in sales)
        {
            journal.SellAt(Books.Time.GetUtcNow().ToUnixTimeMilliseconds(), $"v{journal.Count}", sale);
        }

        Assert.IsType<KioskFleet.Service.Ledger.CommitOutcome.Committed>(await Books.Commit(journal, first));
    }

    /// <summary>A sale that the gate had denied, and that was made all the same.</summary>
    public async Task SellDenied(JournalOnPaper journal, string sku, long paidFen)
    {
        var sale = JournalOnPaper.SaleOf($"v{journal.Count}", (sku, paidFen));
        journal.Add(sale with { Marks = SaleMarks.WasDenied }, Moment.NowUtcMs);
        Assert.IsType<KioskFleet.Service.Ledger.CommitOutcome.Committed>(await Books.Commit(journal, journal.Count));
    }

    /// <summary>The cabinet says hello and reports a config.</summary>
    public void Hear(JournalOnPaper journal, string? applied = null) =>
        Books.Hear(journal.Hello() with { AppliedConfigVersion = applied ?? "" });

    /// <summary>The wanted config is sent, and a second later the cabinet says that it works by it.</summary>
    public async Task Inform(JournalOnPaper journal)
    {
        var cabinet = journal.Cabinet.Id.Value;
        await Sent(cabinet);
        Books.Time.Advance(TimeSpan.FromSeconds(1));
        Hear(journal, State(cabinet).WantedVersion);
        await Plan(cabinet);
    }

    public EnforcementState State(string cabinet) => Store.ReadState(cabinet)!;

    public CabinetConfig Config(string cabinet)
    {
        var state = State(cabinet);
        Assert.Equal(state.WantedVersion, Wanted.VersionOf(CabinetId.Parse(cabinet)));
        Assert.True(VersionedConfig.TryParse(Store.ReadConfig(cabinet, state.WantedVersion), out var config));
        return config.Config;
    }

    public IReadOnlyList<string> History(string cabinet) => Books.Rows(
        $"SELECT from_rung, to_rung, reason, actor FROM enforcement_history WHERE cabinet_id = '{cabinet}' ORDER BY 1");

    /// <summary>As the courier does.</summary>
    public Task Sent(string cabinet) => Store.MarkSentAsync(
        cabinet, State(cabinet).WantedVersion, Moment.NowUtcMs, BooksRig.Stop);

    public void Dispose()
    {
        Planner.Dispose();
        Books.Dispose();
    }

    private EnforcementPlanner NewPlanner() =>
        new(Sources, Store, Told, Figures, Wanted, NullLogger<EnforcementPlanner>.Instance);
}
