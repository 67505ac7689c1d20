using System.Text;
using System.Text.Json;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Compliance;

namespace KioskFleet.Service.Series;

/// <summary>A line to be sent, and the entry that it is about.</summary>
internal sealed record SeriesLine(long Position, string Text)
{
    /// <summary>The position of a line that is about no entry: a gauge.</summary>
    public const long NoEntry = 0;
}

/// <summary>Writes points of counters as lines. Pure.</summary>
internal static class SeriesLines
{
    /// <summary>Measurement of sales.</summary>
    public const string Sales = "kf_sales";

    /// <summary>Measurement of refunds.</summary>
    public const string Refunds = "kf_refunds";

    /// <summary>The precision of the times in lines, as the write API names it.</summary>
    public const string Precision = "ms";

    private static readonly string[] Classes =
    [
        "", .. Enum.GetValues<ProductClass>().Order().Select(c => JsonNamingPolicy.CamelCase.ConvertName($"{c}")),
    ];

    [ThreadStatic]
    private static StringBuilder? s_line;

    /// <summary>The line of a point, ended by a line feed.</summary>
    public static string Of(CounterKey counter, CounterPoint point)
    {
        // There is one for each sale: a builder for each would be twice the memory of the line itself.
        var line = (s_line ??= new StringBuilder(256)).Clear();
        LineProtocol.Append(
            line, counter.IsRefund ? Refunds : Sales,
            [
                ("cabinet", counter.Cabinet), ("class", Classes[(int)counter.Class]), ("county", counter.County),
                ("lane", point.Lane == 0 ? "0" : $"{point.Lane}"), ("operator", counter.Operator),
            ],
            [("entries", point.Entries), ("fen", point.Fen)],
            point.UtcMs);
        return line.ToString();
    }

    /// <summary>
    /// The line of a standing, ended by a line feed: the share where there is one, the headroom, and the standing by
    /// its number (0 no data, 1 compliant, 2 at risk, 3 breach).
    /// </summary>
    /// <param name="row">The standing.</param>
    /// <param name="utcMs">The moment of which it is, Unix milliseconds UTC.</param>
    public static string Of(StandingRow row, long utcMs)
    {
        var line = new StringBuilder(160);
        (string, long)[] fields =
            [("headroom_fen", row.HeadroomFen), ("standing", (long)row.Standing)];
        LineProtocol.Append(
            line, StandingGauges.Measurement,
            [
                ("cabinet", row.CabinetId), ("county", row.CountyCode), ("operator", row.OperatorId),
                ("policy", row.PolicyId ?? ""),
            ],
            row.ShareBasisPoints is { } share ? [.. fields, ("share_basis_points", share)] : fields,
            utcMs);
        return line.ToString();
    }
}
