using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Patterns;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>
/// A line on paper: what of a product, at which price, and what was given back how many days later.
/// </summary>
internal sealed record PaperLine(
    PaperProduct Product, int Quantity, long UnitPriceFen, long PaidFen, long RefundedFen = 0, int RefundedDays = 0)
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
internal sealed record PaperFound(FindingKind Kind, string Cabinet, string Subject, long Weight)
{
    /// <summary>Kind and cabinet: what a planted truth names.</summary>
    public (FindingKind Kind, string Cabinet) Accusation => (Kind, Cabinet);
}

/// <summary>
/// A shipped city as the sales of its cabinets are judged: the policy of cabinets, or that policy with other windows.
/// </summary>
internal sealed class PaperCity(string dataSet, string? window = null)
{
    public PlacesDataSet Places { get; } = DataSetFile.Load(dataSet);

    public Policy Policy
    {
        get
        {
            var policy = Places.Policies.Single(p => p.VenueKind == PolicyBook.CabinetVenue);
            return policy with { Window = window ?? policy.Window };
        }
    }

    public CheckTerms Terms => Policy.Checks;

    public string County => Places.Counties[0].Code.Value;

    /// <summary>The window that holds a day.</summary>
    public JudgingWindow WindowOf(DateOnly day) => JudgingWindow.Of(Policy.Window, day);

    /// <summary>The last day on which a window is looked at.</summary>
    public DateOnly LastLook(JudgingWindow of) => of.To.AddDays(Policy.ProvisionalDays - 1);

    /// <summary>All windows of a cabinet that are looked at, newest first.</summary>
    public IReadOnlyList<ChosenWindow> WindowsOf(string cabinet, DateOnly today) => WindowChoice.Of(
        new PolicyBook([Policy]), new PolicySubject(cabinet, "op-a", County), today);
}

/// <summary>Shows events straight to the rules, by a shipped policy.</summary>
internal sealed class RulesOnPaper(PaperCity city, DateOnly today)
{
    public const long StartUtcMs = 1_598_889_600_000;
    public const long HourMs = 3_600_000;
    public const long DayMs = 24 * HourMs;

    private readonly SkuNumbers _skus = new();
    private readonly Dictionary<string, List<WindowWatch>> _watches = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Cabinet, int Day), long> _aidFen = [];
    private readonly SeenSale _seen = new();
    private IReadOnlyList<ISalesRule>? _rules;
    private long _position;

    /// <summary>An aid amount of the window before that no event tells, for every cabinet.</summary>
    public long EarlierAidFen { get; init; }

    /// <summary>The day of the first sale ever, for every cabinet.</summary>
    public int FirstSaleDay { get; init; } = 20200901;

    /// <summary>The last day on which every cabinet is new.</summary>
    public int LastNewDay { get; init; } = 20200901;

    public static IReadOnlyList<PaperFound> Found(PaperCity city, IEnumerable<PaperEvent> events, DateOnly today)
    {
        var paper = new RulesOnPaper(city, today);
        foreach (var happened in events.OrderBy(e => e.UtcMs))
        {
            paper.See(happened);
        }

        return paper.Found();
    }

    public void See(PaperEvent happened)
    {
        var date = city.Places.Zone.DayOf(happened.UtcMs);
        var day = BusinessZone.Number(date);
        _position++;
        foreach (var line in happened.Lines.Where(l => l.Product.Class == ProductClass.Aid))
        {
            _aidFen[(happened.Cabinet, day)] = _aidFen.GetValueOrDefault((happened.Cabinet, day))
                + line.PaidFen - line.RefundedFen;
        }

        if (WatchOf(happened.Cabinet, date) is not { } watch)
        {
            return;
        }

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
                LateRefundedFen = date.AddDays(line.RefundedDays) >= watch.Window.Window.To ? line.RefundedFen : 0,
            });
        }

        watch.See(_seen);
    }

    public IReadOnlyList<PaperFound> Found() => [.. _watches.OrderBy(w => w.Key).SelectMany(w => w.Value)
        .SelectMany(watch => watch.Found().Select(told => new PaperFound(
            told.Rule.Kind, watch.Window.CabinetId,
            told.Found.Detail.Length == 0 ? watch.Window.Subject : $"{watch.Window.Subject}/{told.Found.Detail}",
            told.Found.Weight)))];

    public IReadOnlyList<PatternFound> Tell(FindingKind kind) => [.. _watches.Values.SelectMany(w => w)
        .SelectMany(w => w.Found()).Where(t => t.Rule.Kind == kind).Select(t => t.Found)];

    /// <summary>The watch of the window that holds a day; null when none that is looked at does.</summary>
    private WindowWatch? WatchOf(string cabinet, DateOnly day)
    {
        if (!_watches.TryGetValue(cabinet, out var watches))
        {
            _rules ??= SalesPatterns.Rules(_skus, Articles.None);
            _watches[cabinet] = watches =
                [.. city.WindowsOf(cabinet, today).Select(w => new WindowWatch(Watched(cabinet, w), _rules))];
        }

        return watches.Find(w => day >= w.Window.Window.From && day < w.Window.Window.To);
    }

    private WatchedWindow Watched(string cabinet, ChosenWindow chosen) => new(
        cabinet, "op-a", city.County, chosen.Window, chosen.JudgedOn, chosen.HasEnded, chosen.Policy)
    {
        EarlierAidFen = new Lazy<long>(() => EarlierAidFen + AidFen(cabinet, WindowChoice.Before(chosen))),
        FirstSaleDay = new Lazy<int>(FirstSaleDay),
        LastNewDay = new Lazy<int>(LastNewDay),
    };

    private long AidFen(string cabinet, JudgingWindow window) => _aidFen
        .Where(of => of.Key.Cabinet == cabinet && of.Key.Day >= window.FromNumber && of.Key.Day < window.ToNumber)
        .Sum(of => of.Value);
}
