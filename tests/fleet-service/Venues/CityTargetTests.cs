using System.Text.Json;
using CsCheck;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Places;
using KioskFleet.Service.Venues;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

public sealed class CityTargetTests
{
    private const string Path = "/api/v1/city-target";


    // Refunds of earlier years may leave less than nothing.
    private static readonly Gen<long> Amount = Gen.Long[-9, 60_000_000_000];

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Every_sale_counts_once_under_its_channel_and_county_proven_and_reported_apart(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        rig.AddProducts();
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        await rig.RegisterAsync("zone-1", rig.Zone.Id, rig.City, "online");
        await rig.SellAsync("KF1", rig.County, rig.Today.AddDays(-1), ("own", 1_000), ("far", 300), ("cola", 50));
        await rig.SellAsync("KF2", rig.OtherCounty, rig.Today, ("own", 20));
        await rig.ReportAsync("hall-1", 500, 900, rig.Today, recognisedFen: 400, tags: [rig.Channels.Tag]);
        await rig.ReportAsync("zone-1", 60, 60, rig.Today, outside: true, recognisedFen: 60);
        var (channel, sibling, tag) = rig.Channels;
        await rig.ReportAsync(null, 7, 8, rig.Today, channel, rig.OtherCounty, tags: [tag]);
        await rig.ReportAsync(null, 9, 9, rig.Today, sibling, rig.City, recognisedFen: 0, outside: true);

        // Whether another city's recognition makes an aid product is the data set's word.
        var far = rig.Places.Recognition.Counted == CountedListings.Any ? 300L : 0L;
        var target = await rig.GetAsync(Path);
        Assert.Equal((rig.Places.CityTarget.AidSalesFen, VenueRig.Text(rig.Places.CityTarget.By)),
            (target.GetProperty("targetFen").GetInt64(), target.GetProperty("by").GetString()!));
        foreach (var count in target.GetProperty("counts").EnumerateArray())
        {
            var channels = Rows(count.GetProperty("channels"), "channel");
            Assert.Equal((1_020L + far, 1_020L, 0L, 0L, 0L), channels["cabinet"]);
            Assert.Equal((0L, 0L, 500L, 400L, 0L), channels[rig.Hall.Id]);
            Assert.Equal((0L, 0L, 0L, 60L, 0L), channels[rig.Zone.Id]);
            Assert.Equal((0L, 0L, 7L, 0L, 7L), channels[channel]);
            Assert.Equal((0L, 0L, 0L, 0L, 0L), channels[sibling]);
            var counties = Rows(count.GetProperty("counties"), "code");
            Assert.Equal((1_000L + far, 1_000L, 500L, 400L, 0L), counties[rig.County]);
            Assert.Equal((20L, 20L, 7L, 0L, 7L), counties[rig.OtherCounty]);
            Assert.Equal((0L, 0L, 0L, 60L, 0L), counties[rig.City]);
            Assert.Equal((0L, 0L, 507L, 400L, 7L),
                Assert.Single(Rows(count.GetProperty("tags"), "channel").Values));
            AssertReadings(rig.Places, count);
        }
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task What_the_plan_leaves_open_is_shown_in_both_readings_and_what_it_states_in_one(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id, openedOn: rig.Start.AddYears(-2));
        var day = new DateOnly(rig.Start.Year, 1, 1);
        await rig.ReportAsync("hall-1", 100, 100, day.AddDays(-1), recognisedFen: 100);
        await rig.ReportAsync("hall-1", 10, 10, day, recognisedFen: 10);
        var target = rig.Places.CityTarget;
        var counts = (await rig.GetAsync(Path)).GetProperty("counts").EnumerateArray()
            .ToDictionary(c => c.GetProperty("start").GetString()!);
        Assert.Equal(target.CountedFrom is null ? ["everything", "yearOfTarget"] : ["stated"], counts.Keys);
        Assert.All(counts.Values, count => Assert.Equal(
            target.Origin is null ? ["sold-in-city", "recognised-by-city"]
                : [JsonNamingPolicy.KebabCaseLower.ConvertName($"{target.Origin}")],
            count.GetProperty("readings").EnumerateArray().Select(r => r.GetProperty("origin").GetString())));
        Assert.All(counts, c => Assert.All(
            c.Value.GetProperty("readings").EnumerateArray(),
            r => Assert.Equal(c.Key == "everything" ? 110L : 10L, r.GetProperty("reportedFen").GetInt64())));

        // After the last day nothing more is counted, and no day is left.
        rig.Today = target.By.AddDays(3);
        await rig.ReportAsync("hall-1", 1, 1, target.By.AddDays(1), recognisedFen: 1);
        var last = (await rig.GetAsync(Path)).GetProperty("counts").EnumerateArray().Last();
        var reading = last.GetProperty("readings")[0];
        Assert.Equal("ended", last.GetProperty("term").GetString());
        Assert.Equal((10L, 0, JsonValueKind.Null), (reading.GetProperty("reportedFen").GetInt64(),
            reading.GetProperty("daysLeft").GetInt32(), reading.GetProperty("perDayNeededFen").ValueKind));
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public void The_rate_needed_arrives_on_the_last_day_and_a_fen_less_a_day_does_not(string dataSet)
    {
        var city = DataSetFile.Load(dataSet);
        Gen.Select(Amount, Amount, Gen.Int[-40, 60], Gen.Int[0, 60]).Sample((proven, reported, back, before) =>
        {
            var (by, from) = (city.CityTarget.By, city.CityTarget.By.AddDays(-before));
            var today = by.AddDays(-back);
            var rule = new CityTargetRule(city);
            Assert.Equal(
                today < from ? TargetTerm.NotBegun : today <= by ? TargetTerm.Running : TargetTerm.Ended,
                rule.Term(from, today));
            Assert.All(rule.Starts(today, today), start => Assert.True(start.From <= by));
            var reading = rule.Reading(
                SalesOrigin.SoldInCity, new AidColumns(proven, 1, reported, 2, 3), from, today);
            Assert.Equal((proven, reported, proven + reported),
                (reading.ProvenFen, reading.ReportedFen, reading.ProvenAndReportedFen));
            Assert.Equal(proven + reported >= city.CityTarget.AidSalesFen, reading.Reached);
            Assert.Equal(Days(from, by).Count(day => day >= today), reading.DaysLeft);
            Assert.Equal(Days(from, by).Count(day => day <= today), reading.DaysSoFar);
            Assert.Equal(
                reading.DaysSoFar == 0 ? null : Math.Max(0, proven + reported) / reading.DaysSoFar,
                reading.PerDaySoFarFen);
            if (reading.Reached)
            {
                Assert.Equal(0, reading.PerDayNeededFen);
            }
            else if (reading.DaysLeft == 0)
            {
                Assert.Null(reading.PerDayNeededFen);
            }
            else
            {
                Assert.True(reading.PerDayNeededFen * reading.DaysLeft >= reading.LeftFen);
                Assert.True((reading.PerDayNeededFen - 1) * reading.DaysLeft < reading.LeftFen);
            }
        }, iter: 2_500);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Sales_by_channel_in_a_window_have_both_columns_and_a_county_alone(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        rig.AddProducts();
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        await rig.SellAsync("KF1", rig.OtherCounty, rig.Today, ("own", 10), ("cola", 5));
        await rig.ReportAsync("hall-1", 30, 70, rig.Today, tags: [rig.Channels.Tag]);
        await rig.ReportAsync("hall-1", 1, 1, rig.Today.AddDays(-9));
        var sales = await rig.GetAsync($"/api/v1/channel-sales?window={VenueRig.Text(rig.Today)}");
        var rows = sales.GetProperty("channels").EnumerateArray()
            .ToDictionary(r => r.GetProperty("channel").GetString()!, Figures);
        Assert.Equal((10L, 15L, 0L, 0L), rows["cabinet"]);
        Assert.Equal((0L, 0L, 30L, 70L), rows[rig.Hall.Id]);
        Assert.Equal((0L, 0L, 30L, 70L), Figures(sales.GetProperty("tags")[0]));
        var one = await rig.GetAsync($"/api/v1/channel-sales?county={rig.County}");
        Assert.Equal((0L, 0L, 0L, 0L), Figures(one.GetProperty("channels")[0]));
        await rig.GetAsync("/api/v1/channel-sales?window=x", System.Net.HttpStatusCode.BadRequest);
        await rig.GetAsync("/api/v1/channel-sales?county=1", System.Net.HttpStatusCode.BadRequest);
    }

    /// <summary>The readings sum what the channels show, column by column, and name the sum of both as such.</summary>
    private static void AssertReadings(PlacesDataSet places, JsonElement count)
    {
        var channels = Rows(count.GetProperty("channels"), "channel").Values;
        var counties = Rows(count.GetProperty("counties"), "code").Values;
        foreach (var reading in count.GetProperty("readings").EnumerateArray())
        {
            var inCity = reading.GetProperty("origin").GetString() == "sold-in-city";
            foreach (var rows in new[] { channels, counties })
            {
                Assert.Equal(rows.Sum(r => inCity ? r.Item1 : r.Item2), reading.GetProperty("provenFen").GetInt64());
                Assert.Equal(rows.Sum(r => inCity ? r.Item3 : r.Item4), reading.GetProperty("reportedFen").GetInt64());
            }

            var both = reading.GetProperty("provenAndReportedFen").GetInt64();
            Assert.Equal(
                reading.GetProperty("provenFen").GetInt64() + reading.GetProperty("reportedFen").GetInt64(), both);
            Assert.Equal(places.CityTarget.AidSalesFen - both, reading.GetProperty("leftFen").GetInt64());
        }
    }

    private static Dictionary<string, (long, long, long, long, long)> Rows(JsonElement rows, string key) =>
        rows.EnumerateArray().ToDictionary(r => r.GetProperty(key).GetString()!, r =>
        {
            var aid = r.GetProperty("aid");
            return (aid.GetProperty("provenSoldInCityFen").GetInt64(),
                aid.GetProperty("provenRecognisedByCityFen").GetInt64(),
                aid.GetProperty("reportedSoldInCityFen").GetInt64(),
                aid.GetProperty("reportedRecognisedByCityFen").GetInt64(),
                aid.GetProperty("reportedRecognitionUnstatedFen").GetInt64());
        });

    private static IEnumerable<DateOnly> Days(DateOnly from, DateOnly last)
    {
        for (var day = from; day <= last; day = day.AddDays(1))
        {
            yield return day;
        }
    }

    private static (long, long, long, long) Figures(JsonElement row) => (
        row.GetProperty("provenAidFen").GetInt64(), row.GetProperty("provenTotalFen").GetInt64(),
        row.GetProperty("reportedAidFen").GetInt64(), row.GetProperty("reportedTotalFen").GetInt64());
}
