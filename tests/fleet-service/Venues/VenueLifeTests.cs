using CsCheck;
using KioskFleet.Service.Places;
using KioskFleet.Service.Venues;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

[RunsOnce]
public sealed class VenueLifeTests
{
    private static readonly DateOnly First = new(2020, 3, 1);

    /// <summary>A life as the register lets it be written: legal steps, each later than the one before.</summary>
    private static readonly Gen<VenueModel> Venue = Gen.Select(Gen.Int[0, 40].Array[1, 6], Gen.Int[0, 5].Array[1, 6])
        .Select((choices, gaps) =>
        {
            var steps = new List<VenueLifeStep> { new(VenueLife.Planned, First.AddDays(gaps[0])) };
            var day = First;
            for (var i = 0; i < choices.Length; i++)
            {
                var allowed = VenueLifeRules.AllowedFrom(steps[^1].Life);
                if (allowed.Count == 0)
                {
                    break;
                }

                day = day.AddDays(1 + gaps[i % gaps.Length]);
                steps.Add(new VenueLifeStep(allowed[choices[i] % allowed.Count], day));
            }

            return Of([.. steps]);
        });

    [Fact]
    public void The_table_of_transitions_is_what_the_register_promises()
    {
        Assert.Equal([VenueLife.Open, VenueLife.Closed], VenueLifeRules.AllowedFrom(VenueLife.Planned));
        Assert.Equal([VenueLife.Paused, VenueLife.Closed], VenueLifeRules.AllowedFrom(VenueLife.Open));
        Assert.Equal([VenueLife.Open, VenueLife.Closed], VenueLifeRules.AllowedFrom(VenueLife.Paused));
        Assert.Empty(VenueLifeRules.AllowedFrom(VenueLife.Closed));
        Assert.All(
            from a in Enum.GetValues<VenueLife>() from b in Enum.GetValues<VenueLife>() select (a, b),
            p => Assert.Equal(VenueLifeRules.AllowedFrom(p.a).Contains(p.b), VenueLifeRules.MayChange(p.a, p.b)));
    }

    [Fact]
    public void A_venue_may_sell_in_a_period_within_its_life_with_one_open_day_at_least() =>
        Gen.Select(Venue, Gen.Int[-3, 45], Gen.Int[0, 20]).Sample((venue, from, length) =>
        {
            var days = Enumerable.Range(from, length + 1).Select(d => First.AddDays(d)).ToList();
            var opened = venue.Steps.FirstOrDefault(s => s.Life == VenueLife.Open)?.From;
            var closed = venue.Steps.FirstOrDefault(s => s.Life == VenueLife.Closed)?.From;
            var expected = opened is not null && days.All(d => d >= opened && (closed is null || d < closed))
                && days.Exists(d => Plain(venue, d) == VenueLife.Open);
            Assert.Equal(expected, venue.MaySellIn(days[0], days[^1]));
        }, iter: 20_000);

    [Fact]
    public void A_duty_is_met_since_the_first_day_of_the_unbroken_run_up_to_today() =>
        Gen.Select(Venue.Array[0, 4], Gen.Int[1, 3], Gen.Int[0, 45]).Sample((venues, atLeast, ahead) =>
        {
            var today = First.AddDays(ahead);
            bool IsMet(DateOnly day) => venues.Count(v => Plain(v, day) == VenueLife.Open) >= atLeast;
            DateOnly? expected = null;
            for (var day = today; day >= First.AddDays(-1) && IsMet(day); day = day.AddDays(-1))
            {
                expected = day;
            }

            Assert.Equal(expected, DutiesRule.MetSince(venues, atLeast, today));
        }, iter: 5_000);

    [Fact]
    public void A_planned_venue_may_have_opened_before_anybody_wrote_it_down()
    {
        var planned = new VenueLifeStep(VenueLife.Planned, First);
        Assert.True(VenueLifeRules.MayBegin(planned, First.AddDays(-10), First));
        Assert.False(VenueLifeRules.MayBegin(planned, First.AddDays(1), First));
        Assert.False(VenueLifeRules.MayBegin(new(VenueLife.Open, First), First, First.AddDays(9)));
        Assert.True(VenueLifeRules.MayBegin(new(VenueLife.Open, First), First.AddDays(1), First.AddDays(9)));
        var venue = Of(planned, new VenueLifeStep(VenueLife.Open, First.AddDays(-10)));
        Assert.Equal(VenueLife.Open, venue.LifeOn(First.AddDays(-5)));
        Assert.True(venue.MaySellIn(First.AddDays(-10), First));
        Assert.False(venue.MaySellIn(First.AddDays(-11), First));
    }

    private static VenueLife? Plain(VenueModel venue, DateOnly day)
    {
        VenueLife? life = null;
        foreach (var step in venue.Steps)
        {
            if (step.From <= day)
            {
                life = step.Life;
            }
        }

        return life;
    }

    private static VenueModel Of(params VenueLifeStep[] steps) =>
        new("v", "hall", Presence.Offline, "341125", [new VenueOperator("op", First)], "n", "a", "", steps);
}
