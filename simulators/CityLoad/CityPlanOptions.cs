namespace KioskFleet.Simulators.CityLoad;

/// <summary>What a city load is to be. Immutable; <see cref="Problems"/> says what is wrong with it.</summary>
internal sealed record CityPlanOptions
{
    /// <summary>The most cabinets of one load.</summary>
    public const int MaxCabinets = 100_000;

    /// <summary>The most days of one load.</summary>
    public const int MaxDays = 400;

    /// <summary>The most sales of a mean cabinet on a weekday.</summary>
    public const int MaxMeanSalesPerDay = 1_000;

    private static readonly TimeSpan AroundMonthEnd = TimeSpan.FromHours(6);

    /// <summary>Cabinets, 1 to 100,000. Default 40.</summary>
    public int Cabinets { get; init; } = 40;

    /// <summary>Days of sales, 1 to 400; each is 24 hours from <see cref="StartUtc"/>. Default 3.</summary>
    public int Days { get; init; } = 3;

    /// <summary>The first instant of the load, UTC; required, from the year 2000 to 2100.</summary>
    public DateTimeOffset StartUtc { get; init; }

    /// <summary>The seed of all chance. The same options and counties give the same load. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// How many seconds of the load pass in one second of the clock, 1 to 10,000,000; 0 means as fast as it goes.
    /// It moves no sale: instants are those of the load. Default 0.
    /// </summary>
    public int Compress { get; init; }

    /// <summary>Mean sales on a weekday of a cabinet at a site of 100 percent, 1 to 1,000. Default 18.</summary>
    public int MeanSalesPerDay { get; init; } = 18;

    /// <summary>
    /// The least share of aid products in basis points that the planted truth is judged by, 2,000 to 8,000. The
    /// default is the 50 % of 滁扶组〔2020〕9号.
    /// </summary>
    public int ThresholdBasisPoints { get; init; } = 5_000;

    /// <summary>
    /// A share at or above the threshold by less than this is at risk, in basis points, 100 to 1,000. Default 500.
    /// </summary>
    public int WarningMarginBasisPoints { get; init; } = 500;

    /// <summary>
    /// The limits of the service's checks that planted acts cross and ordinary life does not: those of the shipped
    /// policy, which a test compares.
    /// </summary>
    public CheckMarks Marks { get; init; } = new();

    /// <summary>
    /// The first end of a month with six hours of the load or more on either side, UTC; null when there is none.
    /// </summary>
    public DateTimeOffset? FirstMonthEndUtc
    {
        get
        {
            var end = BusinessMonth.Of(StartUtc).EndUtc;
            end = end - StartUtc < AroundMonthEnd ? BusinessMonth.Of(end).EndUtc : end;
            return EndUtc - end < AroundMonthEnd ? null : end;
        }
    }

    /// <summary>The first instant after the load, UTC.</summary>
    public DateTimeOffset EndUtc => StartUtc.AddDays(Days);

    /// <summary>Each wrong setting with what it got and what it takes; empty when all is well.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Require(problems, nameof(Cabinets), Cabinets, 1, MaxCabinets);
        Require(problems, nameof(Days), Days, 1, MaxDays);
        Require(problems, nameof(Compress), Compress, 0, 10_000_000);
        Require(problems, nameof(MeanSalesPerDay), MeanSalesPerDay, 1, MaxMeanSalesPerDay);
        Require(problems, nameof(ThresholdBasisPoints), ThresholdBasisPoints, 2_000, 8_000);
        Require(problems, nameof(WarningMarginBasisPoints), WarningMarginBasisPoints, 100, 1_000);
        Require(problems, $"the year of {nameof(StartUtc)}", StartUtc.Year, 2000, 2100);
        if (StartUtc.UtcTicks % TimeSpan.TicksPerSecond != 0)
        {
            problems.Add($"{nameof(StartUtc)} is {StartUtc:O}; it takes a whole second.");
        }

        return problems;
    }

    /// <summary>
    /// How long after the start of the run an event is due on the clock; zero when <see cref="Compress"/> is 0.
    /// </summary>
    public TimeSpan DueAfter(DateTimeOffset atUtc) => Compress == 0 ? TimeSpan.Zero : (atUtc - StartUtc) / Compress;

    private static void Require(List<string> problems, string setting, int got, int low, int high)
    {
        if (got < low || got > high)
        {
            problems.Add($"{setting} is {got}; it takes {low} to {high}.");
        }
    }
}
