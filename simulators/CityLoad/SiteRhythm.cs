namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// When a kind of site buys: a weight for each hour of the day in Asia/Shanghai, one row for Monday to Friday and one
/// for the weekend. A weight of zero means that nobody can reach the cabinet. Immutable and thread-safe.
/// </summary>
internal sealed class SiteRhythm
{
    /// <summary>How long before the end of the last open hour a window is closed, at most.</summary>
    private static readonly TimeSpan ClosingLead = TimeSpan.FromSeconds(30);

    private static readonly SiteRhythm[] Rhythms =
    [
        new("政府机关", 90, "000000014556866666400000", "000000000011110011000000"),
        new("开发区", 120, "000000146455866566754310", "000000012223432233321000"),
        new("国企", 100, "000000025556866566531000", "000000000112211222100000"),
        new("民企", 110, "000000135456866566654210", "000000012233332333210000"),
        new("社区", 80, "000000123332343334678620", "000000023445544556787630"),
        new("学校", 130, "000000054568986568987600", "000000000000000000000000"),
        new("医院", 140, "322223467777877667665443", "322223456777877667665443"),
        new("车站", 160, "211112356666777677898975", "211112357777888788999986"),
        new("景区", 70, "000000001355644455310000", "000000012689976798730000"),
    ];

    private readonly int[] _weekday;
    private readonly int[] _weekend;
    private readonly double _weekdaySum;

    private SiteRhythm(string label, int volumePercent, string weekday, string weekend)
    {
        Label = label;
        VolumePercent = volumePercent;
        _weekday = [.. weekday.Select(static digit => digit - '0')];
        _weekend = [.. weekend.Select(static digit => digit - '0')];
        _weekdaySum = _weekday.Sum();
    }

    /// <summary>What the kind is called on a site's sign.</summary>
    public string Label { get; }

    /// <summary>The kind's sales on a weekday in percent of the city's mean.</summary>
    public int VolumePercent { get; }

    /// <summary>The rhythm of a kind of site.</summary>
    public static SiteRhythm Of(SiteKind kind) => Rhythms[(int)kind];

    /// <summary>
    /// The expected number of sales in the hour that contains the instant.
    /// </summary>
    /// <param name="instant">Any instant of the hour.</param>
    /// <param name="meanPerDay">Mean sales of a cabinet on a weekday at a site of 100 percent.</param>
    public double MeanInHour(DateTimeOffset instant, double meanPerDay) =>
        meanPerDay * VolumePercent / 100 * WeightAt(instant) / _weekdaySum;

    /// <summary>True when the site can be reached at the instant.</summary>
    public bool IsOpenAt(DateTimeOffset instant) => WeightAt(instant) > 0;

    /// <summary>
    /// The instant at which the last sales of a span are made: shortly before the end of its last open hour. Null when
    /// the site is closed during the whole span.
    /// </summary>
    public (DateTimeOffset AtUtc, DateTimeOffset EndUtc)? LastOpening(DateTimeOffset startUtc, DateTimeOffset endUtc)
    {
        while (endUtc > startUtc)
        {
            var hour = HourBefore(endUtc);
            var begin = hour > startUtc ? hour : startUtc;
            if (IsOpenAt(begin))
            {
                var lead = (endUtc - begin) / 2;
                return (WholeMilliseconds(endUtc - (lead < ClosingLead ? lead : ClosingLead)), endUtc);
            }

            endUtc = begin;
        }

        return null;
    }

    /// <summary>The start of the hour that ends at the instant or contains the moment just before it.</summary>
    private static DateTimeOffset HourBefore(DateTimeOffset instant)
    {
        var ticks = instant.UtcTicks - 1;
        return new DateTimeOffset(ticks - ticks % TimeSpan.TicksPerHour, TimeSpan.Zero);
    }

    private static DateTimeOffset WholeMilliseconds(DateTimeOffset instant) =>
        new(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);

    /// <summary>The weight of the hour that contains the instant, 0 to 9.</summary>
    public int WeightAt(DateTimeOffset instant)
    {
        var local = instant.ToOffset(BusinessMonth.ShanghaiOffset);
        return (local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? _weekend : _weekday)[local.Hour];
    }
}
