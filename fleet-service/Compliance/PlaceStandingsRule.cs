using System.Runtime.InteropServices;
using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>Adds a judged window up by operator, county and city, and judges the sums. Pure.</summary>
internal static class PlaceStandingsRule
{
    /// <summary>Makes the standings of one level.</summary>
    /// <param name="level">Whose cabinets are taken together.</param>
    /// <param name="sales">What was sold in the window.</param>
    /// <param name="judged">The cabinets' standings in it.</param>
    /// <param name="frame">The window, what is judged by, and the places of the data set.</param>
    public static IReadOnlyList<PlaceStanding> Of(
        PlaceLevel level, WindowSales sales, JudgedWindow judged, PlaceFrame frame)
    {
        var sums = Sums(level, sales, judged.Rows);
        return [.. Keys(level, sums.Keys, frame.Places).Select(key =>
            Standing(level, key, sums.GetValueOrDefault(key) ?? new Sum(), (judged.Units, frame)) with
            {
                Figures = sales.Proof.OfPlace(level, key.OperatorId, key.CountyCode),
            })];
    }

    /// <summary>An operator, a county, or both; empty where it is any.</summary>
    private readonly record struct PlaceKey(string OperatorId, string CountyCode);

    private sealed class Sum
    {
        public ClassAmounts Amounts { get; set; }

        public List<StandingRow> Current { get; } = [];
    }

    private static Dictionary<PlaceKey, Sum> Sums(
        PlaceLevel level, WindowSales sales, IReadOnlyList<StandingRow> rows)
    {
        var sums = new Dictionary<PlaceKey, Sum>();
        foreach (var assignment in sales.Assignments)
        {
            At(sums, KeyOf(level, assignment.OperatorId, assignment.CountyCode)).Amounts += assignment.Amounts;
        }

        foreach (var row in rows)
        {
            if (row.CurrentOperator)
            {
                At(sums, KeyOf(level, row.OperatorId, row.CountyCode)).Current.Add(row);
            }
        }

        return sums;
    }

    private static Sum At(Dictionary<PlaceKey, Sum> sums, PlaceKey key)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
        return sum ??= new Sum();
    }

    private static PlaceKey KeyOf(PlaceLevel level, string operatorId, string countyCode) => level switch
    {
        PlaceLevel.OperatorInCounty => new PlaceKey(operatorId, countyCode),
        PlaceLevel.Operator => new PlaceKey(operatorId, ""),
        PlaceLevel.County => new PlaceKey("", countyCode),
        _ => new PlaceKey("", ""),
    };

    /// <summary>The data set's counties in its order, then any others; operators by name.</summary>
    private static IEnumerable<PlaceKey> Keys(
        PlaceLevel level, IReadOnlyCollection<PlaceKey> found, PlacesDataSet places)
    {
        var known = level switch
        {
            PlaceLevel.County => places.Counties.Select(c => new PlaceKey("", c.Code.Value)).ToList(),
            PlaceLevel.City => [new PlaceKey("", "")],
            _ => new List<PlaceKey>(),
        };
        return known.Concat(found.Except(known)
            .OrderBy(k => k.OperatorId, StringComparer.Ordinal).ThenBy(k => k.CountyCode, StringComparer.Ordinal));
    }

    private static PlaceStanding Standing(
        PlaceLevel level, PlaceKey key, Sum sum, (JudgedUnits Units, PlaceFrame Frame) by)
    {
        var context = by.Frame.Context;
        var policy = context.Policies.ForCabinet(new PolicySubject("", key.OperatorId, key.CountyCode), context.Day);
        var asOne = policy is not null && IsUnit(level, policy.Judged);
        var unit = asOne ? by.Units.Of(policy!, key.OperatorId, key.CountyCode)!.Value : sum.Amounts;
        var threshold = policy?.ThresholdOn(context.Day) ?? 0;
        var final = context.FinalFrom(by.Frame.Window, policy);
        var place = NameOf(level, key, by.Frame.Places);
        return new PlaceStanding
        {
            Level = level,
            OperatorId = key.OperatorId,
            PlaceCode = place.Code,
            Zh = place.Zh,
            En = place.En,
            Window = ShownWindow.Of(by.Frame.Window, context.Zone),
            PolicyWindow = policy?.Window,
            JudgedAsOne = asOne,
            Standing = policy is null ? Compliance.Standing.NoData : AidShareRule.Judge(
                unit.AidFen, unit.TotalFen, threshold, policy.WarningMarginBasisPoints, policy.MinimumTurnoverFen),
            Cabinets = sum.Current.Count,
            Counts = TotalsRule.Count(sum.Current),
            AidFen = sum.Amounts.AidFen,
            OrdinaryFen = sum.Amounts.OrdinaryFen,
            UnmappedFen = sum.Amounts.UnmappedFen,
            TotalFen = sum.Amounts.TotalFen,
            ShareBasisPoints = AidShareRule.ShareBasisPoints(sum.Amounts.AidFen, sum.Amounts.TotalFen),
            UnmappedBasisPoints = AidShareRule.ShareBasisPoints(sum.Amounts.UnmappedFen, sum.Amounts.TotalFen),
            JudgedAidFen = unit.AidFen,
            JudgedUnmappedFen = unit.UnmappedFen,
            JudgedTotalFen = unit.TotalFen,
            HeadroomFen = AidShareRule.HeadroomFen(unit.AidFen, unit.TotalFen, threshold),
            ShortfallFen = AidShareRule.ShortfallFen(unit.AidFen, unit.TotalFen, threshold),
            PolicyId = policy?.Id,
            PolicyVersion = policy?.Version,
            ThresholdBasisPoints = policy is null ? null : threshold,
            Provisional = context.Now < final,
            FinalFromUtc = final,
            NeverHeard = sum.Current.Count(r => r.DataCompleteUntilUtc is null),
            DataCompleteUntilUtc = sum.Current.Min(r => r.DataCompleteUntilUtc),
            CatalogueVersion = context.CatalogueVersion,
        };
    }

    private static bool IsUnit(PlaceLevel level, Judged judged) => (level, judged) switch
    {
        (PlaceLevel.OperatorInCounty, Judged.OperatorInCounty) => true,
        (PlaceLevel.County, Judged.County) => true,
        _ => false,
    };

    private static (string Code, string? Zh, string? En) NameOf(PlaceLevel level, PlaceKey key, PlacesDataSet places)
    {
        if (level == PlaceLevel.City)
        {
            return (places.City.Code.Value, places.City.Zh, places.City.En);
        }

        var county = places.CountyOf(key.CountyCode);
        return (key.CountyCode, county?.Zh, county?.En);
    }
}

/// <summary>What standings of places are made in.</summary>
/// <param name="Window">The window.</param>
/// <param name="Context">What is judged by.</param>
/// <param name="Places">The data set.</param>
internal sealed record PlaceFrame(JudgingWindow Window, JudgingContext Context, PlacesDataSet Places);
