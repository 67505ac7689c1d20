using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Who sells what where in a city load, and what is planted: the same counties and options give the same plan.
/// Immutable and thread-safe.
/// </summary>
internal sealed class CityPlan
{
    /// <summary>Stream of chance of the plan as a whole; cabinets use their number, from 1.</summary>
    private const ulong PlanStream = 0;

    /// <summary>Streams of chance for the places of cabinets lie beyond all cabinet numbers.</summary>
    private const ulong PlaceStreams = 1UL << 32;

    private const int SlotsPerCabinet = 24;

    private static readonly PlannedOperator[] Operators =
    [
        new("OP01", "禾光智柜", Honesty.Honest),
        new("OP02", "乡路优选", Honesty.Honest),
        new("OP03", "南圩便利", Honesty.Honest),
        new("OP04", "山货直达", Honesty.Honest),
        new("OP05", "邻里鲜柜", Honesty.Honest),
        new("OP06", "随手智售", Honesty.Careless),
        new("OP07", "半程商贸", Honesty.Careless),
        new("OP08", "快进无人店", Honesty.Breaching),
        new("OP09", "夜灯饮品", Honesty.Breaching),
        new("OP10", "满格智柜", Honesty.Cheating),
        new("OP11", "顺手优品", Honesty.Cheating),
        new("OP12", "一路鲜柜", Honesty.Cheating),
        new("OP13", "好账商贸", Honesty.Cheating),
    ];

    private static readonly SiteKind[] SiteKinds = Enum.GetValues<SiteKind>();

    private readonly Dictionary<string, int> _holders;

    private CityPlan(CityPlanOptions options, IReadOnlyList<PlannedCounty> counties)
    {
        Options = options;
        Counties = counties;
        Products = ProductList.Create(counties, options);
        Cabinets = [.. PlanCabinets()];
        _holders = Cabinets.SelectMany(static cabinet => cabinet.Slots).CountBy(static slot => slot.Product.Sku)
            .ToDictionary();
    }

    /// <summary>What was asked for.</summary>
    public CityPlanOptions Options { get; }

    /// <summary>The counties, in the order given.</summary>
    public IReadOnlyList<PlannedCounty> Counties { get; }

    /// <summary>The products and their catalogue.</summary>
    public ProductList Products { get; }

    /// <summary>The operators; not every one has cabinets in a small load.</summary>
    public static IReadOnlyList<PlannedOperator> AllOperators => Operators;

    /// <summary>The cabinets by id.</summary>
    public IReadOnlyList<PlannedCabinet> Cabinets { get; }

    /// <summary>Makes the plan.</summary>
    /// <exception cref="ArgumentException">
    /// The options are wrong, or there is no county, none with a quota, or one twice.
    /// </exception>
    public static CityPlan Create(IReadOnlyList<PlannedCounty> counties, CityPlanOptions options)
    {
        var problems = options.Problems();
        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join(" ", problems), nameof(options));
        }

        if (counties.Count == 0 || counties.Select(static county => county.Code).Distinct().Count() != counties.Count)
        {
            throw new ArgumentException("It takes one county or more, each once.", nameof(counties));
        }

        return new CityPlan(options, counties);
    }

    /// <summary>How many cabinets hold a SKU.</summary>
    public int HoldersOf(string sku) => _holders.GetValueOrDefault(sku);

    private IEnumerable<PlannedCabinet> PlanCabinets()
    {
        var chance = new Chance(Options.Seed, PlanStream);
        var shares = CountyAllotment.Share(Options.Cabinets, [.. Counties.Select(static county => county.Quota)]);
        var counties = new List<PlannedCounty>();
        for (var i = 0; i < shares.Length; i++)
        {
            counties.AddRange(Enumerable.Repeat(Counties[i], shares[i]));
        }

        var behaviours = Enum.GetValues<Behaviour>()
            .SelectMany(behaviour => Enumerable.Repeat(behaviour, BehaviourQuota.Of(behaviour, Options)))
            .ToList();
        // Shuffled, so that neither an id nor a county tells what is planted.
        chance.Shuffle(counties);
        chance.Shuffle(behaviours);
        for (var number = 1; number <= Options.Cabinets; number++)
        {
            yield return PlanCabinet(number, counties[number - 1], behaviours[number - 1]);
        }
    }

    private PlannedCabinet PlanCabinet(int number, PlannedCounty county, Behaviour behaviour)
    {
        var chance = new Chance(Options.Seed, PlaceStreams + (ulong)number);
        var kind = chance.Pick(SiteKinds);
        var mustSellUntil = behaviour == Behaviour.RefundedAfterWindow ? Options.FirstMonthEndUtc : null;
        if (SiteRhythm.Of(kind).LastOpening(Options.StartUtc, mustSellUntil ?? Options.EndUtc) is null)
        {
            // A load of one weekend never meets an open school; what is planted needs a site that sells.
            kind = SiteKind.Hospital;
        }

        var honesty = BehaviourTraits.OperatorOf(behaviour);
        return new PlannedCabinet
        {
            Id = CabinetId.Parse($"KF{number:000000}"),
            Number = number,
            County = county,
            Site = new PlannedSite($"S{number:000000}", kind, $"{county.Name}{SiteRhythm.Of(kind).Label}{number}号点"),
            Operator = chance.Pick([.. Operators.Where(candidate => candidate.Honesty == honesty)]),
            Behaviour = behaviour,
            Slots = FillSlots(chance, behaviour),
        };
    }

    /// <summary>
    /// Every cabinet holds at least six aid and six ordinary products, and one in three has some that nobody mapped.
    /// </summary>
    private PlannedSlot[] FillSlots(Chance chance, Behaviour behaviour)
    {
        var aid = behaviour == Behaviour.Breaching ? 6 : chance.Between(10, 15);
        var unmapped = behaviour == Behaviour.UnmappedTrade || chance.Hits(3_333) ? chance.Between(1, 2) : 0;
        var products = Draw(chance, Products.Aid, aid)
            .Concat(Draw(chance, Products.Unmapped, unmapped))
            .Concat(Draw(chance, Products.Ordinary, SlotsPerCabinet - aid - unmapped));
        return [.. products.Select(static (product, i) =>
            new PlannedSlot($"{(char)('A' + i / 6)}{i % 6 + 1:00}", product))];
    }

    private static IEnumerable<LoadProduct> Draw(Chance chance, IReadOnlyList<LoadProduct> from, int count)
    {
        var products = from.ToList();
        chance.Shuffle(products);
        return products.Take(count);
    }
}
