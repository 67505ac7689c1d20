using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Configs;

/// <summary>
/// Reads the content of a config. What lies outside a limit, is not in order or stands for nothing makes it unreadable:
/// one config has one encoding, and a gate never works by a half-understood one.
/// </summary>
internal static class ConfigReader
{
    private const int MaxZoneOffsetMinutes = 840;

    /// <summary>Reads from behind the version to the end; null when it is no config.</summary>
    internal static CabinetConfig? Read(ref ByteReader reader)
    {
        if (!CabinetId.TryParse(reader.Text(), out var cabinet))
        {
            return null;
        }

        var config = new CabinetConfig(cabinet, (CabinetKind)reader.U8(), (GateMode)reader.U8(), reader.I64(),
            reader.I64(), ReadPolicy(ref reader), ReadFigures(ref reader), ReadSkus(ref reader),
            ReadExemptSkus(ref reader));
        return reader.AtEnd && Enum.IsDefined(config.Kind) && Enum.IsDefined(config.Mode)
            && config.RestrictFromUtcMs >= 0 && config.ExemptUntilUtcMs >= 0
            && (config.Mode == GateMode.Restrict || config.RestrictFromUtcMs == 0)
                ? config
                : null;
    }

    private static GatePolicy ReadPolicy(ref ByteReader reader)
    {
        var (id, version, window) = (reader.Text(), reader.U32(), reader.Text());
        var offset = (short)reader.U16();
        var thresholds = new List<GateThreshold>();
        for (var left = reader.U8(); left > 0 && !reader.Failed; left--)
        {
            var threshold = new GateThreshold(ReadDay(ref reader), reader.U16());
            Demand(ref reader, threshold.BasisPoints <= ShareMargin.Whole
                && (thresholds.Count == 0 || thresholds[^1].From < threshold.From));
            thresholds.Add(threshold);
        }

        var policy = new GatePolicy(
            id, version, window, offset, thresholds, reader.I64(), reader.U16(), reader.U16());
        Demand(ref reader, BusinessWindow.IsKind(window) && Math.Abs((int)offset) <= MaxZoneOffsetMinutes
            && thresholds.Count <= Limits.MaxConfigThresholds && policy.AllowanceFen >= 0
            && policy.AllowanceBasisPoints <= ShareMargin.Whole
            && policy.WarningMarginBasisPoints <= ShareMargin.Whole);
        return policy;
    }

    private static GateFigures ReadFigures(ref ByteReader reader)
    {
        var (journal, head, headUtcMs, countFromUtcMs) = (reader.Journal(), reader.Head(), reader.I64(), reader.I64());
        var window = new BusinessWindow(ReadDay(ref reader), ReadDay(ref reader));
        var allowanceFen = reader.I64();
        var rows = new List<FigureRow>();
        var count = reader.U16();
        Demand(ref reader, count <= Limits.MaxConfigRows && window.First <= window.Last
            && (journal != default || head == default));
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var row = new FigureRow(
                ReadDay(ref reader), ReadDay(ref reader), reader.I64(), reader.I64(), reader.I64());
            Demand(ref reader, row.First <= row.Last && (rows.Count == 0 || rows[^1].Last < row.First));
            rows.Add(row);
        }

        return new GateFigures(journal, head, headUtcMs, countFromUtcMs, window, allowanceFen, rows);
    }

    private static List<SkuClass> ReadSkus(ref ByteReader reader)
    {
        var skus = new List<SkuClass>();
        var count = reader.U16();
        Demand(ref reader, count <= Limits.MaxConfigSkus);
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var sku = ReadSku(ref reader, skus.Count == 0 ? null : skus[^1].Sku);
            var spans = new List<SkuSpan>();
            var spanCount = reader.U8();
            Demand(ref reader, spanCount is > 0 and <= Limits.MaxConfigSpans);
            for (var j = 0; j < spanCount && !reader.Failed; j++)
            {
                var (from, of, blocked) = (reader.I64(), (GateClass)reader.U8(), reader.U8());
                Demand(ref reader, Enum.IsDefined(of) && blocked <= 1
                    && (spans.Count == 0 ? from >= 0 : spans[^1].FromUtcMs < from));
                spans.Add(new SkuSpan(from, of, blocked == 1));
            }

            skus.Add(new SkuClass(sku, spans));
        }

        return skus;
    }

    private static List<ExemptSku> ReadExemptSkus(ref ByteReader reader)
    {
        var skus = new List<ExemptSku>();
        var count = reader.U16();
        Demand(ref reader, count <= Limits.MaxConfigExemptSkus);
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var exempt = new ExemptSku(ReadSku(ref reader, skus.Count == 0 ? null : skus[^1].Sku), reader.I64());
            Demand(ref reader, exempt.UntilUtcMs >= 0);
            skus.Add(exempt);
        }

        return skus;
    }

    /// <summary>A SKU that comes behind the one before it, by its bytes.</summary>
    private static string ReadSku(ref ByteReader reader, string? before)
    {
        var bytes = reader.TextBytes();
        Demand(ref reader, bytes.Length is > 0 and <= Limits.MaxIdBytes && (before is null
            || System.Text.Encoding.UTF8.GetBytes(before).AsSpan().SequenceCompareTo(bytes) < 0));
        return System.Text.Encoding.UTF8.GetString(bytes);
    }

    private static DateOnly ReadDay(ref ByteReader reader)
    {
        var number = reader.U32();
        var (year, month, day) = ((int)(number / 10_000), (int)(number / 100 % 100), (int)(number % 100));
        if (year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1
            && day <= DateTime.DaysInMonth(year, month))
        {
            return new DateOnly(year, month, day);
        }

        reader.Fail();
        return DateOnly.MinValue;
    }

    private static void Demand(ref ByteReader reader, bool holds)
    {
        if (!holds)
        {
            reader.Fail();
        }
    }
}
