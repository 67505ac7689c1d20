using CsCheck;
using KioskFleet.Simulators.CityLoad;
using Xunit;

namespace KioskFleet.Simulators.Tests.CityLoad;

public sealed class CityPlanTests
{
    [Fact]
    public void A_load_of_the_full_size_has_the_quotas_exactly()
    {
        var plan = Chuzhou.Plan(2_700, 1, 1);
        var byCounty = plan.Cabinets.GroupBy(c => c.County).ToDictionary(g => g.Key, g => g.Count());
        Assert.All(Chuzhou.Counties, county => Assert.Equal(county.Quota, byCounty[county]));
    }

    [Fact]
    public void Every_share_is_within_one_of_its_proportion_and_no_county_is_left_out() =>
        Gen.Select(Gen.Int[0, 5_000], Gen.Int[0, 500].Array[1, 12]).Where((_, quotas) => quotas.Sum() > 0)
            .Sample((cabinets, quotas) =>
            {
                var shares = CountyAllotment.Share(cabinets, quotas);
                Assert.Equal(cabinets, shares.Sum());
                var withQuota = quotas.Count(q => q > 0);
                for (var i = 0; i < quotas.Length; i++)
                {
                    var exact = (double)cabinets * quotas[i] / quotas.Sum();
                    Assert.True(shares[i] < exact + 1 && (shares[i] > exact - 1 || shares[i] == shares.Max()
                        || shares.Max() - shares[i] <= withQuota));
                    Assert.True(quotas[i] == 0 ? shares[i] == 0 : cabinets < withQuota || shares[i] >= 1);
                }
            });

    [Fact]
    public void Eight_cabinets_stand_in_eight_counties() =>
        Gen.ULong.Sample(seed => Assert.Equal(8,
            Chuzhou.Plan(8, 1, seed).Cabinets.Select(c => c.County).Distinct().Count()));

    [Fact]
    public void Largest_remainders_get_the_last_cabinets_and_ties_go_to_the_earlier_county()
    {
        Assert.Equal([2, 1, 1], CountyAllotment.Share(4, [1, 1, 1]));
        Assert.Equal([5, 3, 2], CountyAllotment.Share(10, [47, 31, 22]));
        Assert.Equal([8, 1, 1], CountyAllotment.Share(10, [1_000, 1, 1]));
        Assert.Equal([1, 0, 0], CountyAllotment.Share(1, [1_000, 1, 1]));
    }

    [Fact]
    public void The_same_seed_plans_the_same_city_and_another_seed_another()
    {
        var first = Chuzhou.Plan(60, 3, 7).Cabinets.Select(Describe).ToList();
        Assert.Equal(first, Chuzhou.Plan(60, 3, 7).Cabinets.Select(Describe));
        Assert.NotEqual(first, Chuzhou.Plan(60, 3, 8).Cabinets.Select(Describe));

        static string Describe(PlannedCabinet c) =>
            $"{c.Id} {c.County.Code} {c.Site} {c.Operator.Id} {c.Behaviour} {string.Join(",", c.Slots)}";
    }

    [Fact]
    public void A_cabinet_is_planted_only_with_what_its_operator_would_do() =>
        Assert.All(Chuzhou.Plan(500, 1, 3).Cabinets, cabinet => Assert.Equal(
            cabinet.Behaviour switch
            {
                Behaviour.Honest or Behaviour.Idle or Behaviour.Silent => Honesty.Honest,
                Behaviour.Breaching => Honesty.Breaching,
                Behaviour.CarelessAbove or Behaviour.CarelessBelow or Behaviour.UnmappedTrade => Honesty.Careless,
                _ => Honesty.Cheating,
            },
            cabinet.Operator.Honesty));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(8, 2)]
    [InlineData(40, 4)]
    [InlineData(2_700, 324)]
    public void Breaches_are_planted_by_the_size_of_the_load(int cabinets, int breaches) => Assert.Equal(
        breaches,
        Chuzhou.Plan(cabinets, 1, 5).Cabinets.Count(c =>
            c.Behaviour is Behaviour.Breaching or Behaviour.CarelessBelow));

    [Fact]
    public void All_behaviours_are_planted_from_forty_cabinets_on_where_the_load_meets_the_end_of_a_month()
    {
        var start = new DateTimeOffset(2020, 8, 29, 16, 0, 0, TimeSpan.Zero);
        var planted = Chuzhou.Plan(40, 3, 1, start).Cabinets.CountBy(c => c.Behaviour).ToDictionary();
        Assert.Equal(Enum.GetValues<Behaviour>().Order(), planted.Keys.Order());
        Assert.Equal(20, planted[Behaviour.Honest]);

        Assert.DoesNotContain(Chuzhou.Plan(40, 3, 1).Cabinets, c => c.Behaviour == Behaviour.RefundedAfterWindow);
        Assert.DoesNotContain(Chuzhou.Plan(40, 1, 1).Cabinets, c => c.Behaviour == Behaviour.PriceOutlier);
        Behaviour[] first =
        [
            Behaviour.ProductBurst, Behaviour.BuyerBurst, Behaviour.RefundedAfterWindow, Behaviour.InventedSales,
            Behaviour.HiddenSales,
        ];
        Assert.Subset(
            Chuzhou.Plan(12, 3, 1, start).Cabinets.Select(c => c.Behaviour).ToHashSet(), first.ToHashSet());
    }

    [Fact]
    public void Honest_cabinets_are_never_fewer_than_none_and_the_parts_add_up() =>
        Gen.Select(Gen.Int[1, 3_000], Gen.Int[1, 40], Gen.Int[0, 60]).Sample((cabinets, days, offset) =>
        {
            var options = new CityPlanOptions
            {
                Cabinets = cabinets, Days = days, StartUtc = Chuzhou.Start.AddDays(offset),
            };
            Assert.True(BehaviourQuota.Of(Behaviour.Honest, options) >= (cabinets >= 12 ? cabinets / 5 : 0));
            Assert.Equal(cabinets, Enum.GetValues<Behaviour>().Sum(b => BehaviourQuota.Of(b, options)));
        });

    [Fact]
    public void Ids_say_nothing_about_the_county()
    {
        var counties = Chuzhou.Plan(2_700, 1, 1).Cabinets.Select(c => c.County.Code).ToList();
        // Neighbours in a list sorted by county nearly always share it; of shuffled ones about one in eight do.
        var sameAsNext = counties.Zip(counties.Skip(1)).Count(pair => pair.First == pair.Second);
        Assert.InRange(sameAsNext, 200, 600);
    }

    [Fact]
    public void A_load_of_one_weekend_has_no_cabinet_at_a_closed_school()
    {
        // 2020-09-19 is a Saturday in Asia/Shanghai; the load is its 24 hours.
        var plan = Chuzhou.Plan(200, 1, 4, new DateTimeOffset(2020, 9, 18, 16, 0, 0, TimeSpan.Zero));
        Assert.DoesNotContain(plan.Cabinets, c => c.Site.Kind == SiteKind.School);
        Assert.Contains(Chuzhou.Plan(200, 1, 4).Cabinets, c => c.Site.Kind == SiteKind.School);
    }

    [Fact]
    public void Wrong_options_are_named_with_what_they_got_and_what_they_take()
    {
        var options = new CityPlanOptions { Cabinets = 0, Days = 401, StartUtc = Chuzhou.Start.AddTicks(1) };
        Assert.Equal(
            [
                "Cabinets is 0; it takes 1 to 100000.",
                "Days is 401; it takes 1 to 400.",
                "StartUtc is 2020-09-15T00:00:00.0000001+00:00; it takes a whole second.",
            ],
            options.Problems());
        Assert.Throws<ArgumentException>(() => CityPlan.Create(Chuzhou.Counties, options));
        Assert.Throws<ArgumentException>(() => CityPlan.Create(
            [Chuzhou.Counties[0], Chuzhou.Counties[0]],
                options with { Cabinets = 1, Days = 1, StartUtc = Chuzhou.Start }));
    }

    [Fact]
    public void Compressing_the_clock_moves_no_sale()
    {
        var options = new CityPlanOptions { StartUtc = Chuzhou.Start, Compress = 3_600 };
        Assert.Equal(TimeSpan.FromSeconds(24), options.DueAfter(Chuzhou.Start.AddDays(1)));
        Assert.Equal(TimeSpan.Zero, (options with { Compress = 0 }).DueAfter(Chuzhou.Start.AddDays(1)));
    }
}
