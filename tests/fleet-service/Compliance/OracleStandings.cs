using System.Globalization;
using System.Numerics;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>A question to the oracle.</summary>
/// <param name="Kind">day, week, month, quarter, trailing-N or since-launch.</param>
/// <param name="Day">The local day whose window is meant.</param>
/// <param name="UpTo">Only sales up to and with this moment; null for all.</param>
/// <param name="Now">The present moment, Unix milliseconds.</param>
/// <param name="IsPartOfDay">True when the moment was asked for as such, and not as the end of a day.</param>
internal sealed record OracleQuestion(
    string Kind, DateTime Day, long? UpTo, long Now, bool IsPartOfDay = false)
{
    /// <summary>The window's name in the interface.</summary>
    public string Name => Kind switch
    {
        "day" => $"{Day:yyyy-MM-dd}",
        "week" => $"{ISOWeek.GetYear(Day):0000}-W{ISOWeek.GetWeekOfYear(Day):00}",
        "month" => $"{Day:yyyy-MM}",
        "quarter" => $"{Day:yyyy}-Q{(Day.Month + 2) / 3}",
        _ => Kind,
    };
}

/// <summary>What the oracle says of a cabinet under an operator, or of a place.</summary>
internal sealed record OracleRow(
    string Who, BigInteger Aid, BigInteger Ordinary, BigInteger Unmapped, string Standing, BigInteger JudgedAid,
    BigInteger JudgedTotal, string Headroom, string Shortfall, string Policy, string Provisional)
{
    public override string ToString() => $"{Who}: {Aid}+{Ordinary}+{Unmapped} share {OracleStandings.Share(Aid,
        Aid + Ordinary + Unmapped)} {Standing} of {JudgedAid}/{JudgedTotal} +{Headroom} -{Shortfall} by {Policy} "
        + Provisional;
}

/// <summary>
/// Judges as plainly as it can be said, from single sales: goes through all of them for every row. Written apart from
/// the service: its own windows, its own choice of policy, its own arithmetic in unbounded integers.
/// </summary>
internal sealed class OracleStandings(OracleFacts facts, IReadOnlyList<OracleLine> lines, OracleQuestion asked)
{
    private const long Hour = 3_600_000;
    private static readonly DateTime Epoch = new(1970, 1, 1);

    /// <summary>The day whose policy holds: of a past moment its own, else today, or the last day of what is over.
    /// </summary>
    private DateTime PolicyDay
    {
        get
        {
            var (day, last) = (LocalDay(asked.UpTo ?? asked.Now), Bounds().After.AddDays(-1));
            return day > last ? last : day;
        }
    }

    /// <summary>One row per cabinet and operator, by cabinet and the operators' times.</summary>
    public List<OracleRow> Cabinets()
    {
        var rows = new List<OracleRow>();
        foreach (var cabinet in facts.Assignments.GroupBy(a => a.Cabinet).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var present = cabinet.Where(IsPresent).OrderBy(a => a.From).ToList();
            foreach (var operatorId in present.Select(a => a.Operator).Distinct())
            {
                var last = present.Last(a => a.Operator == operatorId);
                var policy = PolicyOf(last.Cabinet, operatorId, last.County);
                var own = lines.Where(l => IsIn(l) && l.Assignment.Cabinet == cabinet.Key
                    && l.Assignment.Operator == operatorId).ToList();
                var judged = policy is null || policy.Judged == "cabinet" ? own
                    : Together(policy, operatorId, last.County);
                var current = present[^1].Operator == operatorId ? "current" : "former";
                rows.Add(Row($"{cabinet.Key} {operatorId} {current} {last.County}", own, judged, policy));
            }
        }

        return rows;
    }

    /// <summary>Operators in counties, operators, counties and the city, as far as anything is there.</summary>
    public List<OracleRow> Places(IEnumerable<string> counties, string city)
    {
        var present = facts.Assignments.Where(IsPresent).ToList();
        var rows = new List<OracleRow>();
        foreach (var (operatorId, county) in present.Select(a => (a.Operator, a.County)).Distinct().Order())
        {
            rows.Add(Place($"{operatorId} in {county}", operatorId, county, "operatorInCounty"));
        }

        foreach (var operatorId in present.Select(a => a.Operator).Distinct().Order())
        {
            rows.Add(Place($"{operatorId} in ", operatorId, "", "none"));
        }

        foreach (var county in counties)
        {
            rows.Add(Place($" in {county}", "", county, "county"));
        }

        rows.Add(Place($" in {city}", "", "", "none"));
        return rows;
    }

    public static string Share(BigInteger aid, BigInteger total)
    {
        if (total <= 0)
        {
            return "none";
        }

        var share = aid * 10_000 / total;
        return $"{(share * total > aid * 10_000 ? share - 1 : share)}";
    }

    public static DateTime LocalDay(long utc) => Epoch.AddMilliseconds(utc).AddHours(8).Date;

    /// <summary>The kind of window that the policy of the whole city judges by on a day; the month without one.
    /// </summary>
    public static string WindowOfCity(OracleFacts facts, DateTime day) => facts.Policies.Find(
        p => p.Scope == "city" && !(day < p.From) && !(p.To <= day))?.Window ?? "month";

    private OracleRow Place(string who, string operatorId, string county, string level)
    {
        var policy = PolicyOf("", operatorId, county);
        var own = lines.Where(l => IsIn(l) && (operatorId == "" || l.Assignment.Operator == operatorId)
            && (county == "" || l.Assignment.County == county)).ToList();
        var judged = policy is not null && policy.Judged == level ? Together(policy, operatorId, county) : own;
        return Row(who, own, judged, policy);
    }

    /// <summary>Sales of all whom this very policy judges together: of a county, and operator if it says so.</summary>
    private List<OracleLine> Together(OraclePolicy policy, string operatorId, string county) => [.. lines.Where(l =>
        IsIn(l) && l.Assignment.County == county
        && (policy.Judged == "county" || l.Assignment.Operator == operatorId)
        && PolicyOf(l.Assignment.Cabinet, l.Assignment.Operator, l.Assignment.County) == policy)];

    private OracleRow Row(string who, List<OracleLine> own, List<OracleLine> judged, OraclePolicy? policy)
    {
        var (aid, total) = (Sum(judged, 'a'), Sum(judged, 'a') + Sum(judged, 'o') + Sum(judged, 'u'));
        var threshold = policy is null ? 0 : ThresholdOf(policy);
        return new OracleRow(
            who, Sum(own, 'a'), Sum(own, 'o'), Sum(own, 'u'),
            policy is null ? "NoData" : Judge(aid, total, threshold, policy), aid, total,
            Headroom(aid, total, threshold), Shortfall(aid, total, threshold),
            policy is null ? "nobody" : $"{policy.Id} {policy.Version} {threshold} {policy.Window}",
            asked.Now < FinalFrom(policy) ? "provisional" : "final");
    }

    private static BigInteger Sum(IEnumerable<OracleLine> of, char lineClass) =>
        of.Where(l => l.Class == lineClass).Aggregate(BigInteger.Zero, (sum, line) => sum + line.Net);

    private static string Judge(BigInteger aid, BigInteger total, int threshold, OraclePolicy policy) =>
        total <= 0 || total < policy.MinimumTurnover ? "NoData"
        : !Holds(aid, total, threshold) ? "Breach"
        : Holds(aid, total, Math.Min(10_000, threshold + policy.Margin)) ? "Compliant"
        : "AtRisk";

    /// <summary>Tries the largest amount that may do, and steps down to the one that does.</summary>
    private static string Headroom(BigInteger aid, BigInteger total, int threshold)
    {
        if (!Holds(aid, total, threshold))
        {
            return "0";
        }

        if (threshold == 0)
        {
            return $"{long.MaxValue}";
        }

        var most = aid * 10_000 / threshold - total + 2;
        while (!Holds(aid, total + most, threshold))
        {
            most--;
        }

        return $"{most}";
    }

    /// <summary>Tries the smallest amount that may do, and steps up to the one that does.</summary>
    private static string Shortfall(BigInteger aid, BigInteger total, int threshold)
    {
        if (Holds(aid, total, threshold))
        {
            return "0";
        }

        if (threshold == 10_000)
        {
            return "none";
        }

        var least = BigInteger.Max(0, (total * threshold - aid * 10_000) / (10_000 - threshold) - 2);
        while (!Holds(aid + least, total + least, threshold))
        {
            least++;
        }

        return $"{least}";
    }

    private static bool Holds(BigInteger aid, BigInteger total, int threshold) => aid * 10_000 >= total * threshold;

    private OraclePolicy? PolicyOf(string cabinet, string operatorId, string county)
    {
        foreach (var scope in (string[])["cabinet", "operator", "county", "city"])
        {
            var policy = facts.Policies.Find(p => p.Scope == scope
                && (p.From is null || p.From <= PolicyDay) && (p.To is null || PolicyDay < p.To)
                && scope switch
                {
                    "cabinet" => p.ScopeId == cabinet,
                    "operator" => p.ScopeId == operatorId,
                    "county" => p.ScopeId == county,
                    _ => true,
                });
            if (policy is not null)
            {
                return policy;
            }
        }

        return null;
    }

    private int ThresholdOf(OraclePolicy policy) => policy.Steps.Exists(s => s.From <= PolicyDay)
        ? policy.Steps.Last(s => s.From <= PolicyDay).Share
        : policy.Threshold;

    private bool IsIn(OracleLine line) => IsDayIn(LocalDay(line.Utc)) && (asked.UpTo is null || line.Utc <= asked.UpTo);

    /// <summary>
    /// True when the assignment is in force at some time of the window, has sales there, or money was given back there
    /// for what was sold under it, on a day that is in it as a whole: then it has a row, be it empty.
    /// </summary>
    private bool IsPresent(OracleAssignment assignment)
    {
        var (first, after) = Bounds();
        var end = asked.UpTo is { } moment ? Math.Min(Utc(after), moment + 1) : Utc(after);
        var lastWhole = asked.UpTo is null ? after : asked.IsPartOfDay ? asked.Day.AddDays(-1) : asked.Day;
        return (assignment.From < end && !(assignment.To <= Utc(first)))
            || lines.Any(l => l.Assignment == assignment && (IsIn(l) || l.Refunds.Exists(
                r => IsDayIn(LocalDay(r.Utc)) && LocalDay(r.Utc) <= lastWhole)));
    }

    private long FinalFrom(OraclePolicy? policy) => Utc(Bounds().After.AddDays(policy?.ProvisionalDays ?? 0));

    private static long Utc(DateTime localMidnight) => (long)(localMidnight - Epoch).TotalMilliseconds - 8 * Hour;

    /// <summary>The window's first day and the first one after it, found day by day.</summary>
    private (DateTime First, DateTime After) Bounds()
    {
        if (asked.Kind == "since-launch")
        {
            return (Epoch, asked.Day.AddDays(1));
        }

        var (first, last) = (asked.Day, asked.Day);
        while (IsDayIn(first.AddDays(-1)))
        {
            first = first.AddDays(-1);
        }

        while (IsDayIn(last.AddDays(1)))
        {
            last = last.AddDays(1);
        }

        return (first, last.AddDays(1));
    }

    private bool IsDayIn(DateTime day) => asked.Kind switch
    {
        "day" => day == asked.Day,
        "week" => Monday(day) == Monday(asked.Day),
        "month" => (day.Year, day.Month) == (asked.Day.Year, asked.Day.Month),
        "quarter" => (day.Year, (day.Month - 1) / 3) == (asked.Day.Year, (asked.Day.Month - 1) / 3),
        "since-launch" => day <= asked.Day,
        _ => day <= asked.Day && day > asked.Day.AddDays(-int.Parse(asked.Kind["trailing-".Length..])),
    };

    private static DateTime Monday(DateTime day)
    {
        while (day.DayOfWeek != DayOfWeek.Monday)
        {
            day = day.AddDays(-1);
        }

        return day;
    }
}
