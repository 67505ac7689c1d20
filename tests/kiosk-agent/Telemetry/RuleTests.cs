using KioskFleet.Agent.Telemetry;
using KioskFleet.Agent.Uplink;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Telemetry;
using Xunit;

namespace KioskFleet.Agent.Tests.Telemetry;

public sealed class RuleTests
{
    [Fact]
    public void Samples_are_cut_every_interval_and_in_full_now_and_then()
    {
        var rule = new CutRule(60_000, 600_000);
        Assert.Equal(Cut.Full, rule.Next(1_000, false, 0));
        Assert.Equal(Cut.None, rule.Next(60_999, false, 0));
        Assert.Equal(Cut.New, rule.Next(61_000, false, 0));
        Assert.Equal(Cut.None, rule.Next(62_000, false, 0));
        Assert.Equal(Cut.Full, rule.Next(601_000, false, 0));
    }

    [Fact]
    public void What_is_urgent_does_not_wait_and_does_not_move_the_rhythm()
    {
        var rule = new CutRule(60_000, 600_000);
        rule.Next(0, false, 0);
        Assert.Equal(Cut.New, rule.Next(30_000, true, 0));
        Assert.Equal(Cut.New, rule.Next(60_000, false, 0));
    }

    [Fact]
    public void A_new_link_hears_everything_once()
    {
        var rule = new CutRule(60_000, 600_000);
        rule.Next(0, false, 0);
        Assert.Equal(Cut.Full, rule.Next(1_000, false, 1));
        Assert.Equal(Cut.None, rule.Next(2_000, false, 1));
    }

    [Theory]
    [InlineData(10_000, 0, false, 20_000, 0, true)] // Nothing waits anywhere.
    [InlineData(10_000, 9_001, false, 20_000, 0, false)] // One a second.
    [InlineData(10_000, 0, false, 10_000, 0, false)] // The journal sends now.
    [InlineData(10_000, 0, false, 20_000, 5, false)] // A backlog drains.
    [InlineData(30_000, 0, false, 40_000, 5, true)] // Rarely all the same.
    [InlineData(29_999, 0, true, 0, 0, false)] // An answer is awaited.
    [InlineData(30_000, 0, true, 0, 0, true)]
    public void Telemetry_uses_the_link_only_when_the_journal_does_not(
        long now, long last, bool awaiting, long due, long backlog, bool may) =>
        Assert.Equal(may, SpareTurnRule.MaySend(new SpareView(now, last, awaiting, due, backlog)));

    [Fact]
    public void A_sample_that_is_too_large_becomes_several_of_the_same_moment()
    {
        var words = new string('水', 42);
        List<TelemetryReading> readings = [.. Enumerable.Range(0, Limits.MaxTelemetrySlots)
            .Select(i => new TelemetryReading.Stock($"slot-{i}", i, 10_000, new string('S', Limits.MaxIdBytes)))];
        readings.Add(new TelemetryReading.Faults([.. Enumerable.Range(0, Limits.MaxTelemetryFaults)
            .Select(i => new TelemetryFaultCode($"E{i}", words))]));
        var time = new EntryTime(new BootId(1), 5, 6);
        var encoded = SampleEncoding.Encode(new TelemetrySample(time, readings)).ToList();
        Assert.All(encoded, bytes => Assert.InRange(bytes.Length, 1, SampleEncoding.MaxBytes));

        var header = new TelemetryHeader(CabinetId.Parse("A"), time, []);
        var read = encoded.SelectMany(bytes =>
        {
            var writer = new TelemetryWriter(header);
            Assert.True(writer.TryAdd(bytes));
            Assert.True(TelemetryReader.TryRead(writer.Finish(), out var message, out _));
            Assert.Equal(time, message.Samples[0].Time);
            return message.Samples[0].Readings;
        });
        Assert.Equal(readings, read);
    }
}
