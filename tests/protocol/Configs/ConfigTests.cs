using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Tests.Messages;
using Xunit;

namespace KioskFleet.Protocol.Tests.Configs;

public sealed class ConfigTests
{
    public static TheoryData<string, CabinetConfig> Unwritable { get; } = new()
    {
        { "SKUs out of order", Samples.Config with { Skus = [.. Samples.Config.Skus.Reverse()] } },
        { "a SKU twice", Samples.Config with { Skus = [Samples.Config.Skus[0], Samples.Config.Skus[0]] } },
        { "a SKU without spans", Samples.Config with { Skus = [new SkuClass("a", [])] } },
        { "an empty SKU", Samples.Config with { Skus = [new SkuClass("", [new SkuSpan(0, GateClass.Aid, false)])] } },
        { "a long SKU", Samples.Config with
            { Skus = [new SkuClass(new string('a', 65), Samples.Config.Skus[0].Spans)] } },
        { "spans out of order", Samples.Config with { Skus = [new SkuClass("a",
            [new SkuSpan(5, GateClass.Aid, false), new SkuSpan(5, GateClass.Ordinary, false)])] } },
        { "too many SKUs", Samples.Config with { Skus = [.. Enumerable.Range(0, Limits.MaxConfigSkus + 1)
            .Select(i => new SkuClass($"{i:0000}", [new SkuSpan(0, GateClass.Aid, false)]))] } },
        { "no such kind", Samples.Config with { Kind = (CabinetKind)9 } },
        { "no such mode", Samples.Config with { Mode = 0 } },
        { "a warning that refuses", Samples.Config with { Mode = GateMode.Warn } },
        { "no such window", Policy(p => p with { Window = "trailing-0" }) },
        { "a share above all", Policy(p => p with
            { Thresholds = [new GateThreshold(new DateOnly(2020, 9, 1), 10_001)] }) },
        { "a zone beyond the earth", Policy(p => p with { ZoneOffsetMinutes = 841 }) },
        { "rows that overlap", Figures(f => f with { Rows = [f.Rows[0], f.Rows[0]] }) },
        { "a head without a journal", Figures(f => f with { Journal = default }) },
    };

    [Theory]
    [MemberData(nameof(Unwritable))]
    public void What_breaks_a_limit_or_an_order_is_not_written(string what, CabinetConfig config)
    {
        Assert.NotEmpty(what);
        Assert.Throws<ArgumentException>(() => config.Encode());
    }

    [Fact]
    public void The_version_is_the_contents_and_nothing_else()
    {
        var one = Samples.Config.Encode();

        Assert.Equal(one.Version, (Samples.Config with { Skus = [.. Samples.Config.Skus] }).Encode().Version);
        Assert.NotEqual(one.Version, (Samples.Config with { ExemptUntilUtcMs = 1 }).Encode().Version);
        Assert.NotEqual(one.Version, Figures(f => f with { AllowanceFen = f.AllowanceFen + 1 }).Encode().Version);
        Assert.Equal(CabinetConfig.VersionLength, one.Version.Length);
    }

    [Fact]
    public void A_config_under_a_version_that_is_not_its_contents_is_none()
    {
        var payload = Samples.Config.Encode().Payload.ToArray();
        payload[6] ^= 1;

        Assert.False(VersionedConfig.TryParse(payload, out _));
    }

    [Fact]
    public void A_full_config_fits_the_limit_and_a_larger_one_is_none()
    {
        var span = new SkuSpan(0, GateClass.Aid, false);
        var full = Samples.Config with
        {
            Skus = [.. Enumerable.Range(0, Limits.MaxConfigSkus).Select(i => new SkuClass(
                $"{i:0000}{new string('x', 60)}",
                [.. Enumerable.Range(0, 15).Select(n => span with { FromUtcMs = n })]))],
        };
        Assert.InRange(full.Encode().Payload.Length, 200_000, Limits.MaxConfigBytes);

        var first = new DateOnly(2018, 1, 1);
        var larger = full with
        {
            Figures = full.Figures with
            {
                Rows = [.. Enumerable.Range(0, Limits.MaxConfigRows)
                    .Select(i => new FigureRow(first.AddDays(i), first.AddDays(i), 1, 2, 3))],
            },
            ExemptSkus = [.. full.Skus.Take(Limits.MaxConfigExemptSkus).Select(s => new ExemptSku(s.Sku, 0))],
        };
        Assert.Throws<ArgumentException>(() => (larger with { Skus = [.. full.Skus.Select(
            s => s with { Spans = [.. s.Spans, span with { FromUtcMs = 99 }] })] }).Encode());
    }

    [Fact]
    public void A_class_is_the_one_of_the_last_span_that_has_begun()
    {
        var sku = new SkuClass("a", [new SkuSpan(10, GateClass.Aid, false), new SkuSpan(20, GateClass.Ordinary, true)]);

        Assert.Equal(GateClass.Unmapped, sku.At(9).Class);
        Assert.Equal(new SkuSpan(10, GateClass.Aid, false), sku.At(10));
        Assert.Equal(new SkuSpan(10, GateClass.Aid, false), sku.At(19));
        Assert.Equal(new SkuSpan(20, GateClass.Ordinary, true), sku.At(20));
    }

    [Fact]
    public void A_window_is_judged_by_the_share_of_its_last_day()
    {
        var policy = Samples.Config.Policy;

        Assert.Equal(0, policy.ThresholdOf(policy.WindowOf(new DateOnly(2020, 8, 31))));
        Assert.Equal(5_000, policy.ThresholdOf(policy.WindowOf(new DateOnly(2020, 12, 31))));
        Assert.Equal(5_500, (policy with { Window = "quarter", Thresholds = [new(new DateOnly(2020, 9, 1), 5_000),
            new(new DateOnly(2020, 12, 31), 5_500)] }).ThresholdOf(
                BusinessWindow.Of("quarter", new DateOnly(2020, 10, 1))));
    }

    [Fact]
    public void The_allowance_is_the_larger_of_an_amount_and_a_part_of_the_window_before()
    {
        Assert.Equal(10_000, Samples.Config.Policy.AllowanceAfter(99_999));
        Assert.Equal(10_001, Samples.Config.Policy.AllowanceAfter(100_010));
        Assert.Equal(10_000, Samples.Config.Policy.AllowanceAfter(-5));
        Assert.Equal(long.MaxValue / 10, Samples.Config.Policy.AllowanceAfter(long.MaxValue));
    }

    [Fact]
    public void Figures_of_a_window_are_those_of_the_rows_that_lie_inside()
    {
        var figures = Samples.Config.Figures;

        Assert.Equal((60_000, -200), figures.In(BusinessWindow.Of("month", new DateOnly(2020, 9, 5))));
        Assert.Equal((0, 0), figures.In(BusinessWindow.Of("day", new DateOnly(2020, 9, 5))));
        Assert.Equal(123_450, figures.TurnoverIn(BusinessWindow.Of("month", new DateOnly(2020, 8, 5))));
        Assert.True(figures.HasHead);
        Assert.False((figures with { Journal = default, Head = default }).HasHead);
        Assert.Equal(default, default(JournalId));
    }

    private static CabinetConfig Policy(Func<GatePolicy, GatePolicy> change) =>
        Samples.Config with { Policy = change(Samples.Config.Policy) };

    private static CabinetConfig Figures(Func<GateFigures, GateFigures> change) =>
        Samples.Config with { Figures = change(Samples.Config.Figures) };
}
