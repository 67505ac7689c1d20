using System.Text.Json;
using System.Text.Json.Nodes;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>
/// Every table of a city's plan can be had by API calls, and is what the data file says: with another file the same
/// program tells another plan.
/// </summary>
public sealed class PlanTablesTests
{
    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Every_table_of_the_plan_is_reproduced_by_calls_and_equals_the_data_file(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        var file = JsonNode.Parse(await File.ReadAllTextAsync(
            Path.Combine(DataSetFile.ShippedFolder, dataSet + ".json"), VenueRig.Stop))!;

        // The tables as such: county quotas, kinds of venue with minimum shares and duties, milestones, product
        // targets, channels, the weekly report.
        await AssertEqual(rig, "/api/v1/places/counties", file["counties"]!);
        await AssertEqual(rig, "/api/v1/places/venue-kinds", file["venueKinds"]!);
        await AssertEqual(rig, "/api/v1/places/milestones", file["milestones"]!);
        await AssertEqual(rig, "/api/v1/places/product-targets", file["productTargets"]!);
        await AssertEqual(rig, "/api/v1/places/channels", file["channelGroups"]!);
        await AssertEqual(rig, "/api/v1/places/weekly-report", file["weeklyReport"]!);
        var whole = await rig.GetAsync("/api/v1/places");
        foreach (var member in new[] { "city", "cityTarget", "siteKinds", "terms", "source", "recognition" })
        {
            AssertSame(file[member]!, whole.GetProperty(member), member);
        }

        // The same facts where they are used: the checklist, the roll-out, the target and the policies in force.
        await AssertChecklist(rig, file);
        await AssertRollout(rig, file);
        var target = await rig.GetAsync("/api/v1/city-target");
        AssertSame(file["cityTarget"]!["aidSalesFen"]!, target.GetProperty("targetFen"), "targetFen");
        foreach (var member in new[] { "by", "countedFrom", "origin", "clause" })
        {
            AssertSame(file["cityTarget"]![member], target.GetProperty(member), member);
        }

        Assert.Equal(
            file["venueKinds"]!.AsArray().Where(k => (bool)k!["countsAsCitySales"]!).Select(k => (string)k!["id"]!)
                .Concat(file["channelGroups"]!.AsArray().SelectMany(g => g!["channels"]!.AsArray())
                    .Select(c => (string)c!["id"]!)),
            target.GetProperty("counts")[0].GetProperty("channels").EnumerateArray()
                .Select(c => c.GetProperty("channel").GetString()!));
        Assert.Equal(
            file["policies"]!.AsArray().Select(p => $"{p!["id"]} {p["venueKind"]} {p["window"]}"),
            whole.GetProperty("policies").EnumerateArray().Select(p =>
                $"{p.GetProperty("id")} {p.GetProperty("venueKind")} {p.GetProperty("window")}"));
    }

    [Fact]
    public async Task No_answer_for_one_city_holds_anything_of_another()
    {
        foreach (var dataSet in ShippedDataSets.All)
        {
            await using var rig = await VenueRig.StartAsync(dataSet);
            var words = ShippedDataSets.All.Where(other => other != dataSet).Select(DataSetFile.Load)
                .SelectMany(p => p.Counties.SelectMany(c => new[] { c.Code.Value, c.Zh }).Append(p.City.Zh)
                    .Append(p.Terms.AidProduct.Zh))
                .ToList();
            foreach (var path in new[]
            {
                "places", "places/progress", "duties", "city-target", "channel-sales", "venues", "venues/standings",
                "procurement", "totals/city", "totals/counties", "standings", "product-sales",
            })
            {
                var text = (await rig.GetAsync($"/api/v1/{path}")).GetRawText();
                Assert.DoesNotContain(words, word => text.Contains(word, StringComparison.Ordinal));
            }
        }
    }

    private static async Task AssertChecklist(VenueRig rig, JsonNode file)
    {
        var expected = new List<string>();
        foreach (var kind in file["venueKinds"]!.AsArray())
        {
            foreach (var duty in kind!["duties"]!.AsArray())
            {
                foreach (var (list, unclear) in new[] { ("requiredIn", false), ("unclearIn", true) })
                {
                    expected.AddRange(duty![list]!.AsArray().Select(code => string.Join(
                        '|', code, kind["id"], duty["presence"], duty["atLeast"], duty["by"], duty["force"], unclear,
                        duty["clause"])));
                }
            }
        }

        var duties = (await rig.GetAsync("/api/v1/duties")).GetProperty("duties").EnumerateArray().ToList();
        Assert.Equal(expected, duties.Select(d => string.Join(
            '|', d.GetProperty("code"), d.GetProperty("kind"), d.GetProperty("presence"), d.GetProperty("atLeast"),
            d.GetProperty("by"), d.GetProperty("force"), d.GetProperty("isUnclear").GetBoolean(),
            d.GetProperty("clause"))));
    }

    private static async Task AssertRollout(VenueRig rig, JsonNode file)
    {
        var progress = await rig.GetAsync("/api/v1/places/progress");
        Assert.Equal(
            file["counties"]!.AsArray().Select(c => $"{c!["code"]} {c["zh"]} {c["en"]} {c["cabinetQuota"]}"),
            progress.GetProperty("counties").EnumerateArray().Select(c => $"{c.GetProperty("code")} "
                + $"{c.GetProperty("zh")} {c.GetProperty("en")} {c.GetProperty("quota")}"));
        Assert.Equal(
            file["milestones"]!.AsArray().Select(m => $"{m!["id"]} {m["by"]} {m["cabinets"]} {m["force"]}"),
            progress.GetProperty("milestones").EnumerateArray().Select(m =>
                $"{m.GetProperty("id")} {m.GetProperty("by")} {m.GetProperty("cabinets")} {m.GetProperty("force")}"));
    }

    private static async Task AssertEqual(VenueRig rig, string path, JsonNode expected) =>
        AssertSame(expected, await rig.GetAsync(path), path);

    private static void AssertSame(JsonNode? expected, JsonElement got, string what) => Assert.True(
        JsonNode.DeepEquals(expected, got.ValueKind == JsonValueKind.Null ? null : JsonNode.Parse(got.GetRawText())),
        $"{what}: {expected} is not {got}");
}
