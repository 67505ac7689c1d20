using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>
/// A line on paper: what of a product, at which price, and what was given back (late: after September).
/// </summary>
internal sealed record PaperLine(
    PaperProduct Product, int Quantity, long UnitPriceFen, long PaidFen, long RefundedFen = 0, long LateFen = 0)
{
    /// <summary>Honest unless a test says otherwise.</summary>
    public AidClaim Claim { get; init; } = Product.Class == ProductClass.Aid ? AidClaim.Aid : AidClaim.Ordinary;
}

/// <summary>A product on paper.</summary>
internal sealed record PaperProduct(string Sku, ProductClass Class, long PriceFen);

/// <summary>Something that happened at a cabinet: a sale with lines, or pieces that left without one.</summary>
internal sealed record PaperEvent(string Cabinet, long UtcMs, ulong Buyer, IReadOnlyList<PaperLine> Lines)
{
    public NonSalePurpose? Purpose { get; init; }

    public int Pieces { get; init; }

    /// <summary>Whoever tests tries one slot after another; maintenance and gifts take from one.</summary>
    public IReadOnlyList<(string Slot, int Pieces)> Slots => Purpose == NonSalePurpose.Test
        ? [.. Enumerable.Range(1, Pieces).Select(slot => ($"S{slot}", 1))]
        : [("S1", Pieces)];
}

/// <summary>What a rule found, as far as tests compare it.</summary>
internal sealed record PaperFound(FindingKind Kind, string Cabinet, string Detail, long Weight)
{
    /// <summary>Kind and cabinet: what a planted truth names.</summary>
    public (FindingKind Kind, string Cabinet) Accusation => (Kind, Cabinet);
}

/// <summary>Shows events straight to the rules, by the shipped policy and September 2020.</summary>
internal sealed class RulesOnPaper
{
    public const long StartUtcMs = 1_598_889_600_000;
    public const long HourMs = 3_600_000;
    public const long DayMs = 24 * HourMs;

    private readonly SkuNumbers _skus = new();
    private readonly IReadOnlyList<ISalesRule> _rules;
    private readonly Dictionary<string, WindowWatch> _watches = new(StringComparer.Ordinal);
    private readonly SeenSale _seen = new();
    private readonly DateOnly _today;
    private long _position;

    public RulesOnPaper(DateOnly? today = null)
    {
        _today = today ?? new DateOnly(2020, 10, 5);
        _rules = SalesPatterns.Rules(_skus, Articles.None);
    }

    public static PlacesDataSet Places { get; } = DataSetFile.Load("chuzhou-2020");

    public static Policy Policy => Places.Policies[0];

    /// <summary>The aid amount of the month before, for every cabinet.</summary>
    public long EarlierAidFen { get; init; }

    /// <summary>The day of the first sale ever, for every cabinet.</summary>
    public int FirstSaleDay { get; init; } = 20200901;

    /// <summary>The last day on which every cabinet is new.</summary>
    public int LastNewDay { get; init; } = 20200901;

    public static IReadOnlyList<PaperFound> Found(IEnumerable<PaperEvent> events, DateOnly? today = null)
    {
        var paper = new RulesOnPaper(today);
        foreach (var happened in events.OrderBy(e => e.UtcMs))
        {
            paper.See(happened);
        }

        return paper.Found();
    }

    public void See(PaperEvent happened)
    {
        var watch = WatchOf(happened.Cabinet);
        var day = BusinessZone.Number(Places.Zone.DayOf(happened.UtcMs));
        _position++;
        if (happened.Purpose is { } purpose)
        {
            watch.See(new SeenNonSale(_position, day, purpose, happened.Slots));
            return;
        }

        _seen.Clear();
        (_seen.Position, _seen.UtcMs, _seen.Day, _seen.Buyer) = (_position, happened.UtcMs, day, happened.Buyer);
        foreach (var line in happened.Lines)
        {
            _seen.Add(new SeenLine
            {
                Sku = _skus.Of(System.Text.Encoding.UTF8.GetBytes(line.Product.Sku)),
                Class = line.Product.Class,
                Claim = line.Claim,
                Quantity = line.Quantity,
                UnitPriceFen = line.UnitPriceFen,
                PaidFen = line.PaidFen,
                RefundedFen = line.RefundedFen,
                LateRefundedFen = line.LateFen,
            });
        }

        watch.See(_seen);
    }

    public IReadOnlyList<PaperFound> Found() => [.. _watches.Values.OrderBy(w => w.Window.CabinetId)
        .SelectMany(watch => watch.Found().Select(told => new PaperFound(
            told.Rule.Kind, watch.Window.CabinetId, told.Found.Detail, told.Found.Weight)))];

    public IReadOnlyList<PatternFound> Tell(FindingKind kind) =>
        [.. _watches.Values.SelectMany(w => w.Found()).Where(t => t.Rule.Kind == kind).Select(t => t.Found)];

    public WindowWatch WatchOf(string cabinet)
    {
        if (!_watches.TryGetValue(cabinet, out var watch))
        {
            _watches[cabinet] = watch = new WindowWatch(Window(cabinet), _rules);
        }

        return watch;
    }

    private WatchedWindow Window(string cabinet)
    {
        var window = JudgingWindow.Of("month", new DateOnly(2020, 9, 1));
        var hasEnded = window.To <= _today;
        return new WatchedWindow(
            cabinet, "op-a", "341125", window, hasEnded ? window.Last : _today, hasEnded, Policy)
        {
            EarlierAidFen = new Lazy<long>(EarlierAidFen),
            FirstSaleDay = new Lazy<int>(FirstSaleDay),
            LastNewDay = new Lazy<int>(LastNewDay),
        };
    }
}
