using System.Net;
using KioskFleet.Service.Tests.Places;
using KioskFleet.Service.Tests.Venues;
using Xunit;

namespace KioskFleet.Service.Tests.Charts;

/// <summary>Charts over HTTP, from signed journals of cabinets in the running service.</summary>
public sealed class ChartInterfaceTests
{
    private const string Path = "/api/v1/charts/sales";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Charts_need_no_other_server_and_add_up_to_what_was_sold(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        rig.AddProducts();
        await rig.SellAsync("KF1", rig.County, rig.Today, ("own", 500), ("cola", 90), ("unheard-of", 7));
        await rig.SellAsync("KF2", rig.OtherCounty, rig.Today, ("own", 40));
        await rig.SellAsync("KF3", rig.OtherCounty, rig.Today.AddDays(-1), ("own", 9_999));
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            var asOf = (await rig.GetAsync(Path)).GetProperty("asOf");
            if (asOf.GetProperty("entriesBehind").GetInt64() == 0 && asOf.GetProperty("ledgerPosition").GetInt64() > 0)
            {
                break;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
            await Task.Delay(50, Stop);
        }

        var today = VenueRig.Text(rig.Today);
        var yesterday = VenueRig.Text(rig.Today.AddDays(-1));
        var days = await rig.GetAsync($"{Path}?from={yesterday}&to={today}&by=county");
        Assert.Equal(
            new[]
            {
                (rig.County, today, 597L, 1L), (rig.OtherCounty, yesterday, 9_999L, 1L),
                (rig.OtherCounty, today, 40L, 1L),
            }.OrderBy(r => r.Item1, StringComparer.Ordinal).ThenBy(r => r.Item2, StringComparer.Ordinal),
            days.GetProperty("series").EnumerateArray().SelectMany(s => s.GetProperty("points").EnumerateArray().Select(
                p => (s.GetProperty("key").GetString()!, p.GetProperty("at").GetString()!,
                    p.GetProperty("salesFen").GetInt64(), p.GetProperty("sales").GetInt64()))));
        Assert.All(days.GetProperty("series").EnumerateArray(),
            s => Assert.NotEmpty(s.GetProperty("nameZh").GetString()!));
        var hours = await rig.GetAsync($"{Path}?from={today}&to={today}&step=hour&class=aid&cabinet=KF1");
        var point = Assert.Single(Assert.Single(hours.GetProperty("series").EnumerateArray().ToList())
            .GetProperty("points").EnumerateArray().ToList());
        Assert.Equal(500, point.GetProperty("salesFen").GetInt64());
        Assert.EndsWith(":00:00Z", point.GetProperty("at").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?from=2026-13-01", "badDay", "from")]
    [InlineData("?from=2026-02-02&to=2026-02-01", "badDay", "from")]
    [InlineData("?to=x", "badDay", "to")]
    [InlineData("?step=week", "badStep", "step")]
    [InlineData("?by=site", "badBy", "by")]
    [InlineData("?by=1", "badBy", "by")]
    [InlineData("?class=goods", "badClass", "class")]
    [InlineData("?county=999999", "badCounty", "county")]
    [InlineData("?step=hour&from=2026-01-01&to=2026-02-01", "badRange", "from")]
    [InlineData("?from=2025-01-01&to=2026-02-05", "badRange", "from")]
    public async Task What_cannot_be_drawn_is_refused_with_its_field_in_both_languages(
        string query, string code, string field)
    {
        await using var rig = await VenueRig.StartAsync("chuzhou-2020");
        var problem = await rig.GetAsync(Path + query, HttpStatusCode.BadRequest);
        Assert.Equal((code, field), (problem.GetProperty("code").GetString(),
            problem.GetProperty("field").GetString()));
        Assert.NotEmpty(problem.GetProperty("titleZh").GetString()!);
    }
}
