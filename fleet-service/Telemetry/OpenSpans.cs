using System.Buffers.Binary;

namespace KioskFleet.Service.Telemetry;

/// <summary>
/// Spans of seconds within one hour, merged: adding the same span again, or spans in another order, gives the same.
/// Immutable; pure.
/// </summary>
internal sealed class OpenSpans
{
    /// <summary>
    /// Most spans of an hour; beyond it the two that lie nearest are joined, so that a door that swings makes no
    /// endless row.
    /// </summary>
    public const int MaxSpans = 60;

    /// <summary>No span.</summary>
    public static readonly OpenSpans None = new([]);

    private readonly IReadOnlyList<(int From, int To)> _spans;

    private OpenSpans(IReadOnlyList<(int From, int To)> spans) => _spans = spans;

    /// <summary>Seconds in all spans, 0 to 3,600.</summary>
    public int Seconds => _spans.Sum(span => span.To - span.From);

    /// <summary>With a span added.</summary>
    /// <param name="from">First second, 0 to 3,600.</param>
    /// <param name="to">The second behind the last, not before <paramref name="from"/>, at most 3,600.</param>
    public OpenSpans With(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to, TelemetryHour.Seconds);
        return to <= from ? this : Merged([.. _spans, (from, to)]);
    }

    /// <summary>The spans of both.</summary>
    public OpenSpans With(OpenSpans other) => Merged([.. _spans, .. other._spans]);

    /// <summary>The spans as bytes: first second and second behind the last, two bytes each.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[_spans.Count * 4];
        foreach (var (index, (from, to)) in _spans.Index())
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(index * 4), (ushort)from);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(index * 4 + 2), (ushort)to);
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static OpenSpans Read(ReadOnlySpan<byte> bytes)
    {
        var spans = new List<(int, int)>();
        for (var at = 0; at + 4 <= bytes.Length; at += 4)
        {
            spans.Add((BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]),
                BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..])));
        }

        return new OpenSpans(spans);
    }

    private static OpenSpans Merged(List<(int From, int To)> spans)
    {
        spans.Sort();
        var merged = new List<(int From, int To)>();
        foreach (var span in spans)
        {
            if (merged.Count > 0 && span.From <= merged[^1].To)
            {
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, span.To));
            }
            else
            {
                merged.Add(span);
            }
        }

        while (merged.Count > MaxSpans)
        {
            var nearest = Enumerable.Range(0, merged.Count - 1).MinBy(i => merged[i + 1].From - merged[i].To);
            merged[nearest] = (merged[nearest].From, merged[nearest + 1].To);
            merged.RemoveAt(nearest + 1);
        }

        return new OpenSpans(merged);
    }
}
