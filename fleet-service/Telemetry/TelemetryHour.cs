using System.Numerics;

namespace KioskFleet.Service.Telemetry;

/// <summary>What hours tell of.</summary>
internal enum HourMeasure
{
    /// <summary>Whether the cabinet was heard.</summary>
    Online = 1,

    /// <summary>Temperature of a zone, in thousandths of a degree Celsius.</summary>
    Temperature = 2,

    /// <summary>Whether a door stood open; 1 or 0.</summary>
    Door = 3,

    /// <summary>Strength of the network in dBm.</summary>
    Signal = 4,

    /// <summary>Entries of the journal that were not committed.</summary>
    Backlog = 5,
}

/// <summary>Which hour of what.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Hour">Hours since 1970-01-01T00:00Z.</param>
/// <param name="Measure">What.</param>
/// <param name="Name">Zone or door; empty where there is one.</param>
internal readonly record struct HourKey(string Cabinet, long Hour, HourMeasure Measure, string Name);

/// <summary>
/// What an hour looked like. Telling the same reading twice changes nothing, and late readings go where they belong:
/// each minute has one value in the total, the first that was told of it. Immutable; pure.
/// </summary>
/// <param name="Minutes">A bit for each minute of which a value is known; bit 0 is the first minute.</param>
/// <param name="Least">The least value; meaningless without minutes.</param>
/// <param name="Most">The greatest value; likewise.</param>
/// <param name="Total">The sum of one value of each known minute.</param>
/// <param name="Spans">Seconds in which a door stood open.</param>
internal sealed record TelemetryHour(long Minutes, long Least, long Most, long Total, OpenSpans Spans)
{
    /// <summary>Milliseconds of an hour.</summary>
    public const long Milliseconds = 3_600_000;

    /// <summary>Seconds of an hour.</summary>
    public const int Seconds = 3_600;

    /// <summary>Nothing known.</summary>
    public static readonly TelemetryHour Empty = new(0, long.MaxValue, long.MinValue, 0, OpenSpans.None);

    /// <summary>How many minutes are known, 0 to 60.</summary>
    public int KnownMinutes => BitOperations.PopCount((ulong)Minutes);

    /// <summary>The mean over the known minutes, rounded to the nearest; null without any.</summary>
    public long? Mean => KnownMinutes == 0 ? null : (long)Math.Round(
        (decimal)Total / KnownMinutes, MidpointRounding.AwayFromZero);

    /// <summary>With a value at a minute, 0 to 59.</summary>
    public TelemetryHour With(int minute, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minute);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minute, 59);
        var bit = 1L << minute;
        return this with
        {
            Minutes = Minutes | bit,
            Least = Math.Min(Least, value),
            Most = Math.Max(Most, value),
            Total = (Minutes & bit) == 0 ? Total + value : Total,
        };
    }
}
