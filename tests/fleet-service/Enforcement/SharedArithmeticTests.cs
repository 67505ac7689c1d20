using CsCheck;
using KioskFleet.Protocol.Configs;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Enforcement;

/// <summary>What cabinet and service compute apart must be the same.</summary>
[RunsOnce]
public sealed class SharedArithmeticTests
{
    private static readonly string[] Kinds =
        ["day", "week", "month", "quarter", "trailing-1", "trailing-30", "trailing-999", "since-launch"];

    private static readonly Gen<DateOnly> Days = Gen.Int[
        new DateOnly(1975, 1, 1).DayNumber, new DateOnly(9990, 12, 31).DayNumber].Select(DateOnly.FromDayNumber);

    [Fact]
    public void Windows_of_a_gate_are_the_windows_of_a_standing() => Gen.Select(
        Days, Gen.Int[0, Kinds.Length - 1]).Sample((day, kind) =>
    {
        var (gate, standing) = (BusinessWindow.Of(Kinds[kind], day), JudgingWindow.Of(Kinds[kind], day));
        Assert.Equal((standing.From, standing.Last), (gate.First, gate.Last));
    });

    [Fact]
    public void Business_days_of_a_gate_are_those_of_the_service() => Gen.Long[0, 4_000_000_000_000].Sample(utcMs =>
    {
        var day = BusinessZone.Shanghai.DayOf(utcMs);
        Assert.Equal(day, BusinessWindow.DayOf(utcMs, BusinessZone.Shanghai.UtcOffsetMinutes));
        Assert.Equal(BusinessZone.Shanghai.StartOfUtcMs(day),
            BusinessWindow.StartUtcMs(day, BusinessZone.Shanghai.UtcOffsetMinutes));
    });

    [Fact]
    public void The_headroom_of_a_gate_is_the_headroom_of_a_standing() => Gen.Select(
        Gen.Long[-100_000, 1_000_000], Gen.Long[-100_000, 1_000_000], Gen.Int[1, 10_000]).Sample(
        (aid, total, threshold) => Assert.Equal(AidShareRule.HeadroomFen(aid, total, threshold),
            Math.Max(0, ShareMargin.RoomFen(ShareMargin.Of(aid, total, threshold), threshold)!.Value)));

    [Fact]
    public void The_allowance_of_a_gate_is_the_allowance_of_the_policy() => Gen.Select(
        Gen.Long[-100, 100_000_000], Gen.Long[0, 50_000], Gen.Int[0, 10_000]).Sample((turnover, fen, part) =>
            Assert.Equal(new OpeningAllowance(fen, part).After(turnover),
                new GatePolicy("p", 1, "month", 480, [], fen, part, 0).AllowanceAfter(turnover)));
}
