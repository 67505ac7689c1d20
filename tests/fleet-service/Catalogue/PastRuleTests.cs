using CsCheck;
using KioskFleet.Service.Catalogue;
using Xunit;

namespace KioskFleet.Service.Tests.Catalogue;

[RunsOnce]
public sealed class PastRuleTests
{
    [Theory]
    [InlineData(ProposalState.Proposed, 3)]
    [InlineData(ProposalState.Approved, 0)]
    [InlineData(ProposalState.Rejected, 0)]
    [InlineData(ProposalState.Withdrawn, 0)]
    public void Only_what_waits_can_be_decided(object state, int allowed) =>
        Assert.Equal(allowed, TwoPersonsRule.AllowedFrom((ProposalState)state).Count);

    [Fact]
    public void The_past_that_a_change_touches_is_found_by_looking_at_every_moment() =>
        Gen.Select(Spans, Spans, Gen.Long[0, 40]).Sample((before, after, now) =>
        {
            var effects = PastRule.Effects(before, after, now).ToList();
            return effects.All(e => e.ToUtcMs is not null) && Enumerable.Range(-1, 60).All(at =>
                effects.Any(e => e.Contains(at))
                == (at < now && (before?.Contains(at) ?? false) != (after?.Contains(at) ?? false)));
        }, iter: 10_000);

    [Fact]
    public void What_a_span_adds_from_now_on_is_found_by_looking_at_every_moment() =>
        Gen.Select(Spans, Spans, Gen.Long[0, 40]).Sample((before, after, now) => after is not { } span
            || PastRule.AddsLater(before, span, now) == Enumerable.Range(0, 60).Any(
                at => at >= now && span.Contains(at) && !(before?.Contains(at) ?? false)), iter: 10_000);

    private static Gen<InForce?> Spans { get; } = Gen.Select(Gen.Long[0, 20], Gen.Long[1, 15].Nullable(), Gen.Bool)
        .Select((from, length, isThere) => isThere ? new InForce(from, from + length) : (InForce?)null);
}
