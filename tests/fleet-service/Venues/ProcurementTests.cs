using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

public sealed class ProcurementTests
{
    private const string Path = "/api/v1/procurement";

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Purchases_stand_against_the_units_plan_until_its_last_day_and_are_never_sales_of_the_city(
        string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await Plan(rig, "school-1", rig.County, "1000.00");
        await Plan(rig, "office-1", rig.OtherCounty, "50");
        await Purchase(rig, "school-1", "P-1", "400.00", HttpStatusCode.Created);
        await Purchase(rig, "school-1", "P-1", "400.00", HttpStatusCode.OK);
        var refused = await Purchase(rig, "school-1", "P-1", "400.01", HttpStatusCode.Conflict);
        Assert.Equal("P-1", refused.GetProperty("first").GetProperty("documentNumber").GetString());
        await Purchase(rig, "office-1", "P-1", "60", HttpStatusCode.Created);
        Assert.Equal("noPlan", (await Purchase(rig, "school-2", "P-1", "1", HttpStatusCode.BadRequest))
            .GetProperty("code").GetString());
        await Counter(rig, "P-2", "100.00", HttpStatusCode.Created);
        Assert.Equal("reversesMore",
            (await Counter(rig, "P-3", "300.01", HttpStatusCode.BadRequest)).GetProperty("code").GetString());
        var due = new DateOnly(
            rig.Start.Year, rig.Platform.YearlyPlanBy!.Value.Month, rig.Platform.YearlyPlanBy.Value.Day);
        var year = Assert.Single((await rig.GetAsync($"{Path}?year={rig.Start.Year}")).EnumerateArray().ToList());
        Assert.Equal((rig.Platform.Id, false, "reported", VenueRig.Text(due)),
            (year.GetProperty("platform").GetString()!, year.GetProperty("countsAsCitySales").GetBoolean(),
                year.GetProperty("figures").GetString()!, year.GetProperty("due").GetString()!));
        Assert.Equal((105_000L, 36_000L, 70_000L), (year.GetProperty("planFen").GetInt64(),
            year.GetProperty("purchasedFen").GetInt64(), year.GetProperty("leftFen").GetInt64()));
        Assert.Equal([("office-1", "done"), ("school-1", "pending")], Statuses(year));
        rig.Today = due;
        Assert.Equal("pending", await Status(rig));
        rig.Today = due.AddDays(1);
        Assert.Equal("overdue", await Status(rig));
        await Counter(rig, "P-4", null, HttpStatusCode.Created);
        Assert.Equal(60_00L, (await rig.GetAsync($"{Path}?year={rig.Start.Year}"))[0].GetProperty("purchasedFen")
            .GetInt64());

        // Nothing of it is in any total of sales, and it stands beside the target.
        var target = await rig.GetAsync("/api/v1/city-target");
        var counts = target.GetProperty("counts").EnumerateArray();
        Assert.All(counts.SelectMany(c => c.GetProperty("readings").EnumerateArray()),
            r => Assert.Equal(0, r.GetProperty("provenAndReportedFen").GetInt64()));
        Assert.Equal(60_00L, target.GetProperty("procurement")[0].GetProperty("purchasedFen").GetInt64());
        Assert.DoesNotContain(target.GetProperty("counts")[0].GetProperty("channels").EnumerateArray(),
            c => c.GetProperty("channel").GetString() == rig.Platform.Id);
        Assert.Equal(["P-4", "P-2", "P-1"], (await rig.GetAsync($"{Path}/purchases?unit=school-1"))
            .GetProperty("items").EnumerateArray().Select(p => p.GetProperty("documentNumber").GetString()));
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Rows_of_purchases_are_taken_one_by_one_and_a_plan_can_be_changed_with_its_audit_row(
        string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await Plan(rig, "u1", rig.City, "10");
        await Plan(rig, "u1", rig.City, "20");
        await Plan(rig, "u1", rig.City, "20");
        using var audit = await rig.Admin.GetAsync(
            $"/api/v1/audit?subject=procurement-plan:u1/{rig.Start.Year}", VenueRig.Stop);
        Assert.Equal(2, (await ServiceRig.JsonAsync(audit, HttpStatusCode.OK)).GetArrayLength());
        var day = VenueRig.Text(rig.Today);
        var csv = "unit,document_number,first_day,last_day,amount_yuan,amount_fen,evidence\n"
            + $"u1,1,{day},{day},1.5,,e\nu1,2,{day},{day},,250,e\nu1,3,{rig.Start.Year - 1}-12-30,{day},1,,e\n"
            + $"u1,4,{day},{day},1,,\nu1,1,{day},{day},1.5,,e\n";
        var report = await rig.UploadAsync($"{Path}/purchases/import", csv);
        Assert.Equal((2, 1), (report.GetProperty("accepted").GetInt32(), report.GetProperty("unchanged").GetInt32()));
        Assert.Equal([(4, "badYear"), (5, "noEvidence")], report.GetProperty("refused").EnumerateArray()
            .Select(r => (r.GetProperty("line").GetInt32(), r.GetProperty("code").GetString()!)));
        const string evidence = "订单";
        var bulk = await rig.PostAsync($"{Path}/purchases/bulk", new
        {
            purchases = new object[]
            {
                new { unit = "u1", documentNumber = "5", firstDay = day, lastDay = day, amountYuan = "1", evidence },
                new { unit = "u1", documentNumber = "6", firstDay = day, lastDay = day, amountYuan = 1, evidence },
            },
        }, HttpStatusCode.OK);
        Assert.Equal((1, 1), (bulk.GetProperty("accepted").GetInt32(), bulk.GetProperty("refusedCount").GetInt32()));
        var year = (await rig.GetAsync(Path))[0];
        Assert.Equal((2_000L, 500L), (year.GetProperty("planFen").GetInt64(),
            year.GetProperty("purchasedFen").GetInt64()));
        Assert.Empty((await rig.GetAsync($"{Path}?county={rig.County}"))[0].GetProperty("units").EnumerateArray());
        await rig.GetAsync($"{Path}?county=999999", HttpStatusCode.BadRequest);
        using var bad = await rig.Admin.PutAsJsonAsync(
            $"{Path}/plans/u1/1999", new { name = "n", county = rig.City, planYuan = "1", evidence }, VenueRig.Stop);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    private static IEnumerable<(string, string)> Statuses(JsonElement year) =>
        year.GetProperty("units").EnumerateArray()
            .Select(u => (u.GetProperty("unit").GetString()!, u.GetProperty("status").GetString()!));

    private static async Task<string> Status(VenueRig rig) =>
        Statuses((await rig.GetAsync($"{Path}?year={rig.Start.Year}"))[0]).Single(s => s.Item1 == "school-1").Item2;

    private static async Task Plan(VenueRig rig, string unit, string county, string yuan)
    {
        using var response = await rig.Admin.PutAsJsonAsync(
            $"{Path}/plans/{unit}/{rig.Start.Year}",
            new { name = unit + " 单位", county, planYuan = yuan, evidence = "计划表" }, VenueRig.Stop);
        await ServiceRig.JsonAsync(response, HttpStatusCode.OK);
    }

    private static Task<JsonElement> Purchase(
        VenueRig rig, string unit, string number, string yuan, HttpStatusCode status) =>
        rig.PostAsync($"{Path}/purchases", new
        {
            unit,
            documentNumber = number,
            firstDay = VenueRig.Text(rig.Start),
            lastDay = VenueRig.Text(rig.Start),
            amountYuan = yuan,
            evidence = "订单",
        }, status);

    private static Task<JsonElement> Counter(VenueRig rig, string number, string? yuan, HttpStatusCode status) =>
        rig.PostAsync($"{Path}/purchases", new
        {
            unit = "school-1",
            documentNumber = number,
            reverses = "P-1",
            amountYuan = yuan,
            evidence = "退货",
        }, status);
}
