using System.Net;
using System.Text;
using System.Text.Json;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Places;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

/// <summary>JSON that can be read and means nothing: each is refused on its own, with its reason.</summary>
public sealed class StrangeInputTests
{
    [Fact]
    public async Task A_product_that_is_null_is_refused_and_the_good_rows_beside_it_go_in()
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        var good = Report(rig, "1");
        var report = await SendAsync(rig, "/api/v1/sales-reports/bulk", $$"""
            { "reports": [{{good}}, {{Report(rig, "2", "\"products\": [null],")}},
              {{Report(rig, "3", "\"tags\": [null, \"\\ud800\"],")}}, {{Report(rig, "4", "\"note\": \"\\udc00\",")}},
              null, 7] }
            """, 200);
        Assert.Equal((6, 1), (report.GetProperty("rows").GetInt32(), report.GetProperty("accepted").GetInt32()));
        Assert.Equal(
            [(2, "badProducts"), (3, "notReadable"), (4, "notReadable"), (5, "notReadable"), (6, "notReadable")],
            report.GetProperty("refused").EnumerateArray()
                .Select(r => (r.GetProperty("line").GetInt32(), r.GetProperty("code").GetString()!)));
    }

    [Theory]
    [InlineData("/api/v1/sales-reports", """{ "reporter": "o", "documentNumber": "\ud800", "evidence": "e" }""")]
    [InlineData("/api/v1/procurement/purchases", """{ "unit": "o", "documentNumber": "\ud800" }""")]
    [InlineData("/api/v1/venues", """{ "venueId": "v", "name": "\udfff" }""")]
    [InlineData("/api/v1/venues/hall-1/details", """{ "name": "\ud800x" }""")]
    [InlineData("/api/v1/venues/hall-1/life", """{ "life": "\ud800" }""")]
    [InlineData("/api/v1/policies", """{ "id": "\ud800" }""")]
    [InlineData("/api/v1/policies", """{ "\ud800": 1 }""")]
    [InlineData("/api/v1/policies", """{ "scope": { "kind": "city", "id": ["\udc00"] } }""")]
    [InlineData("/api/v1/policies/cabinet-aid-share/end", """{ "to": "2020-10-01", "reason": "\ud800" }""")]
    [InlineData("/api/v1/policies/cabinet-aid-share/end", """{ "to": "\ud800" }""")]
    [InlineData("/api/v1/recognitions", """{ "productId": "\ud800" }""")]
    [InlineData("/api/v1/cabinets/bulk", """{ "cabinets": [null] }""")]
    public async Task Half_a_character_or_a_null_is_a_bad_request_and_no_fault_of_the_service(string path, string json)
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        await SendAsync(rig, path, json, 400);
    }

    /// <summary>A word of a closed set is one of its names, whole; neither a list of names nor a number.</summary>
    [Theory]
    [InlineData("/api/v1/venues?life=WORD", "open,paused", "open")]
    [InlineData("/api/v1/venues/standings?standing=WORD", "breach,atRisk", "atRisk")]
    [InlineData("/api/v1/duties?status=WORD", "met,overdue", "overdue")]
    [InlineData("/api/v1/standings?standing=WORD", "breach,atRisk", "atRisk")]
    [InlineData("/api/v1/product-sales?class=WORD", "aid,ordinary", "aid")]
    [InlineData("/api/v1/enforcement?rung=WORD", "warned,restricted", "warned")]
    [InlineData("/api/v1/policies?state=WORD", "inForce,ended", "ended")]
    [InlineData("/api/v1/recognitions?state=WORD", "applied,listed", "listed")]
    [InlineData("/api/v1/findings?kind=WORD", "BelowThreshold,AtRisk", "AtRisk")]
    public async Task A_list_of_words_or_a_number_is_no_word(string path, string words, string one)
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        foreach (var wrong in new[] { words, "1", "+1", " 1", one + " ", "nowhere" })
        {
            using var refused = await rig.Admin.GetAsync(
                path.Replace("WORD", Uri.EscapeDataString(wrong), StringComparison.Ordinal), VenueRig.Stop);
            Assert.Equal((wrong, HttpStatusCode.BadRequest), (wrong, refused.StatusCode));
        }

        using var taken = await rig.Admin.GetAsync(
            path.Replace("WORD", one, StringComparison.Ordinal), VenueRig.Stop);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
    }

    [Fact]
    public async Task Two_states_at_once_change_neither_a_venue_nor_a_cabinet()
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        var refused = await SendAsync(rig, "/api/v1/venues/hall-1/life", """{ "life": "open,paused" }""", 400);
        Assert.Equal("badLife", refused.GetProperty("code").GetString());
        Assert.Equal("open", (await rig.GetAsync("/api/v1/venues/hall-1")).GetProperty("life").GetString());
        await SendAsync(rig, "/api/v1/cabinets", $$"""
            { "cabinetId": "K1", "county": "{{rig.County}}", "operatorId": "o", "kind": "slot,locker" }
            """, 400);
        await rig.Service.RegisterAsync("K2");
        await SendAsync(rig, "/api/v1/cabinets/K2/life", """{ "life": "Active,Registered" }""", 400);
    }

    private static async Task<JsonElement> SendAsync(VenueRig rig, string path, string json, int status)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await rig.Admin.PostAsync(path, content, VenueRig.Stop);
        return await ServiceRig.JsonAsync(response, (HttpStatusCode)status);
    }

    private static string Report(VenueRig rig, string number, string more = "") => $$"""
        { "reporter": "o", "documentNumber": "{{number}}", "venue": "hall-1", {{more}} "evidence": "e",
          "firstDay": "{{VenueRig.Text(rig.Today)}}", "lastDay": "{{VenueRig.Text(rig.Today)}}",
          "aidFen": 1, "totalFen": 2 }
        """;
}
