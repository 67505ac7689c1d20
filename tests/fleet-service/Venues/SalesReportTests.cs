using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KioskFleet.Service.Tables;
using KioskFleet.Service.Tests.Places;
using KioskFleet.Service.Venues;
using Xunit;

namespace KioskFleet.Service.Tests.Venues;

public sealed class SalesReportTests
{
    private const string Path = "/api/v1/sales-reports";

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task The_same_document_again_changes_nothing_and_another_content_is_refused_and_names_the_first(
        string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        var report = Hall(rig);
        var accepted = await rig.PostAsync(Path, report, HttpStatusCode.Created);
        var id = accepted.GetProperty("id").GetInt64();

        // The same amount in fen is the same document.
        var inFen = report.DeepClone();
        inFen["aidYuan"] = null;
        inFen["aidFen"] = 12_050;
        var again = await rig.PostAsync(Path, inFen, HttpStatusCode.OK);
        Assert.Equal((id, "unchanged"), (again.GetProperty("id").GetInt64(), again.GetProperty("outcome").GetString()));
        var other = report.DeepClone();
        other["totalYuan"] = "300.01";
        var refused = await rig.PostAsync(Path, other, HttpStatusCode.Conflict);
        Assert.Equal("contradictsFirst", refused.GetProperty("code").GetString());
        Assert.Equal((id, "R-1", "admin"), (refused.GetProperty("first").GetProperty("id").GetInt64(),
            refused.GetProperty("first").GetProperty("documentNumber").GetString(),
            refused.GetProperty("first").GetProperty("receivedBy").GetString()));

        // Another reporter has numbers of its own.
        var foreign = report.DeepClone();
        (foreign["reporter"], foreign["lastDay"]) = ("other-office", VenueRig.Text(rig.Today.AddDays(-7)));
        foreign["firstDay"] = foreign["lastDay"]!.DeepClone();
        await rig.PostAsync(Path, foreign, HttpStatusCode.Created);
        var shown = await rig.GetAsync($"{Path}/{id}");
        Assert.Equal(("reported", 12_050L, 30_000L, rig.Hall.Id, rig.County),
            (shown.GetProperty("figures").GetString(), shown.GetProperty("aidFen").GetInt64(),
                shown.GetProperty("totalFen").GetInt64(), shown.GetProperty("channel").GetString(),
                shown.GetProperty("county").GetString()));
        Assert.Equal(2, (await rig.GetAsync($"{Path}?venue=hall-1")).GetProperty("items").GetArrayLength());
        await rig.GetAsync($"{Path}/999", HttpStatusCode.NotFound);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task Only_a_counter_document_corrects_wholly_or_in_part_and_never_more_than_is_left(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        await rig.PostAsync(Path, Hall(rig), HttpStatusCode.Created);
        await rig.PostAsync(Path, Counter("R-2", "20.50", "100.00"), HttpStatusCode.Created);
        await rig.PostAsync(Path, Counter("R-2", "20.50", "100.00"), HttpStatusCode.OK);
        Assert.Equal("reversesMore", await Refused(rig, Counter("R-3", "100.01", "200")));
        Assert.Equal("reversesCounter", await Refused(rig, Counter("R-3", "1", "1", "R-2")));
        Assert.Equal("noSuchDocument", await Refused(rig, Counter("R-3", "1", "1", "R-9")));
        var named = Counter("R-3", "1", "1");
        named["county"] = rig.County;
        Assert.Equal("counterNamesMore", await Refused(rig, named));

        // Without amounts it takes back all that is left; and once nothing is left, nothing more.
        await rig.PostAsync(Path, Counter("R-3", null, null), HttpStatusCode.Created);
        Assert.Equal("reversesMore", await Refused(rig, Counter("R-4", null, null)));
        await rig.PostAsync(Path, Counter("R-3", null, null), HttpStatusCode.OK);
        var list = (await rig.GetAsync(Path)).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([10_000L, 2_050L, 12_050L], list.Select(r => r.GetProperty("aidFen").GetInt64()));
        Assert.Equal((0L, 0L), (list[^1].GetProperty("leftAidFen").GetInt64(),
            list[^1].GetProperty("leftTotalFen").GetInt64()));
        Assert.Equal(["R-2", "R-3"], list[^1].GetProperty("reversedBy").EnumerateArray().Select(r => r.GetString()));
        var standing = Assert.Single((await rig.GetAsync("/api/v1/venues/standings")).GetProperty("items")
            .EnumerateArray().ToList());
        Assert.Equal(
            (0L, 0), (standing.GetProperty("totalFen").GetInt64(), standing.GetProperty("reports").GetInt32()));
    }

    /// <summary>What is changed in a good report, the code it is refused with and the field that is named.</summary>
    public static TheoryData<string, string, string> Wrongs => new()
    {
        { "reporter=", "badReporter", "reporter" },
        { "documentNumber= x", "badDocumentNumber", "documentNumber" },
        { "evidence=", "noEvidence", "evidence" },
        { "channel=CHANNEL", "oneChannel", "channel" },
        { "venue=", "oneChannel", "channel" },
        { "venue=;channel=cabinet;county=COUNTY", "cabinetChannel", "channel" },
        { "venue=;channel=PLATFORM;county=COUNTY", "procurementChannel", "channel" },
        { "venue=;channel=HALL;county=COUNTY", "noSuchChannel", "channel" },
        { "venue=;channel=nowhere;county=COUNTY", "noSuchChannel", "channel" },
        { "venue=;channel=CHANNEL", "badCounty", "county" },
        { "venue=;channel=CHANNEL;county=999999", "badCounty", "county" },
        { "venue=;channel=CHANNEL;county=COUNTY;tags=SIBLING", "tagOfSameGroup", "tags" },
        { "tags=TAG,TAG", "badTag", "tags" },
        { "tags=HALL", "badTag", "tags" },
        { "venue=hall-9", "noSuchVenue", "venue" },
        { "county=OTHER", "countyDiffers", "county" },
        { "outsideCity=true", "outsideCityOffline", "outsideCity" },
        { "firstDay=2020-13-01", "badDay", "firstDay" },
        { "lastDay=TODAYT08:00", "badDay", "lastDay" },
        { "lastDay=TOMORROW", "dayInFuture", "lastDay" },
        { "firstDay=TODAY;lastDay=YESTERDAY", "badPeriod", "lastDay" },
        { "firstDay=BEFORE;lastDay=BEFORE", "outsideVenueLife", "firstDay" },
        { "firstDay=BEFORE", "acrossEdge", "lastDay" },
        { "aidYuan=1.234", "badMoney", "aidYuan" },
        { "aidYuan=1,000", "badMoney", "aidYuan" },
        { "aidYuan=-1.00", "moneyNegative", "aidYuan" },
        { "aidFen=12050", "moneyTwice", "aidYuan" },
        { "aidYuan=", "moneyMissing", "aidYuan" },
        { "aidYuan=;totalYuan=", "moneyMissing", "totalYuan" },
        { "aidYuan=300.01", "aidAboveTotal", "aidYuan" },
        { "totalYuan=10000000000.01", "badMoney", "totalYuan" },
        { "recognisedAidYuan=120.51", "recognisedContradicts", "recognisedAidYuan" },
        { "product=nowhere", "noSuchProduct", "products" },
        { "product=cola", "productNotListed", "products" },
        { "product=own:120.51", "productsAboveReport", "products" },
    };

    [Fact]
    public async Task Each_wrong_field_is_refused_with_its_reason_in_both_languages_and_changes_nothing()
    {
        foreach (var dataSet in ShippedDataSets.All)
        {
            await using var rig = await VenueRig.StartAsync(dataSet);
            await rig.RegisterAsync("hall-1", rig.Hall.Id);
            rig.AddProducts();
            foreach (var (change, code, field) in Wrongs.Select(w => w.Data))
            {
                var report = Hall(rig);
                foreach (var part in Filled(rig, change).Split(';').Select(p => p.Split('=')))
                {
                    Change(report, part[0], part[1]);
                }

                var (status, body) = await rig.PostAsync(Path, report);
                var got = status == HttpStatusCode.Created ? "taken" : body.GetProperty("code").GetString();
                Assert.Equal((change, code, field),
                    (change, got, got == "taken" ? "" : body.GetProperty("field").GetString()));
                Assert.NotEmpty(body.GetProperty("titleZh").GetString()!);
            }

            Assert.Empty((await rig.GetAsync(Path)).GetProperty("items").EnumerateArray());
            await rig.PostAsync(Path, Hall(rig), HttpStatusCode.Created);
        }
    }

    [Fact]
    public void Every_reason_has_its_words_in_both_languages() => Assert.All(Enum.GetValues<RefusalCode>(), code =>
    {
        var text = VenueTexts.Of(code);
        Assert.NotEmpty(text.En);
        Assert.Contains(text.Zh, c => c is >= '\u4e00' and <= '\u9fff');
    });

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task In_bulk_each_row_is_accepted_or_refused_on_its_own(string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        var good = Hall(rig);
        var bad = Hall(rig, "R-2");
        bad["totalYuan"] = "1.00";
        var unreadable = Hall(rig, "R-3");
        unreadable["aidYuan"] = 120.5;
        var misspelt = Hall(rig, "R-5");
        misspelt["recognizedAidYuan"] = "1.00";
        var contradicting = Hall(rig);
        contradicting["note"] = "x";
        var second = Hall(rig, "R-4");
        second["firstDay"] = VenueRig.Text(rig.Today.AddDays(-7));
        second["lastDay"] = VenueRig.Text(rig.Today.AddDays(-7));
        var rows = new JsonArray(good, bad, unreadable, good.DeepClone(), contradicting, second, misspelt);
        var report = await rig.PostAsync($"{Path}/bulk", new JsonObject { ["reports"] = rows }, HttpStatusCode.OK);
        Assert.Equal((7, 2, 1, 4), Counts(report));
        Assert.Equal(
            [(2, "aidAboveTotal"), (3, "notReadable"), (5, "contradictsFirst"), (7, "notReadable")],
            report.GetProperty("refused").EnumerateArray()
                .Select(r => (r.GetProperty("line").GetInt32(), r.GetProperty("code").GetString()!)));
        Assert.Equal("R-1", report.GetProperty("refused")[2].GetProperty("first").GetProperty("documentNumber")
            .GetString());
        await rig.PostAsync($"{Path}/bulk", new { reports = Array.Empty<object>() }, HttpStatusCode.BadRequest);
        await rig.PostAsync(
            $"{Path}/bulk", new { reports = new int[VenueLimits.MaxBulk + 1] }, HttpStatusCode.BadRequest);
    }

    [Theory]
    [MemberData(nameof(ShippedDataSets.Names), MemberType = typeof(ShippedDataSets))]
    public async Task A_table_is_taken_row_by_row_whatever_its_form_and_the_same_file_again_changes_nothing(
        string dataSet)
    {
        await using var rig = await VenueRig.StartAsync(dataSet);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        rig.AddProducts();
        var (channel, _, tag) = rig.Channels;
        var day = VenueRig.Text(rig.Today.AddDays(-1));
        string[] columns =
        [
            "reporter", "document_number", "reverses", "venue", "channel", "tags", "county", "first_day", "last_day",
            "aid_yuan", "total_fen", "recognised_aid_yuan", "products", "outside_city", "evidence", "note",
        ];
        string[][] rows =
        [
            [
                "县局", "1", "", "hall-1", "", tag, "", day, day, "12.30", "2000", "", "own=5.10/6;nation=7.2", "", "票1",
                "注",
            ],
            ["县局", "2", "", "", channel, "", rig.County, day, day, "5", "500", "3.00", "", "是", "发票2", ""],
            ["县局", "3", "", "hall-1", "", "", "", day, day, "-5", "500", "", "", "", "发票3", ""],
            ["县局", "4", "", "hall-1", "", "", "", day, day, "5", "5.0", "", "", "", "发票4", ""],
            ["县局", "5", "1", "", "", "", "", "", "", "0.30", "30", "", "nation=0.30", "", "更正5", ""],
            ["县局", "6", "", "hall-1", "", "", "", day, day, "5", "500", "", "own", "", "发票6", ""],
        ];
        var utf8 = TableWriter.Csv(columns, rows);
        var text = Encoding.UTF8.GetString(utf8[3..]);
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes(text);
        var first = await rig.UploadAsync($"{Path}/import", gb);
        Assert.Equal((6, 3, 0, 3), Counts(first));
        Assert.Equal(
            [(4, "moneyNegative", "3"), (5, "badMoney", "4"), (7, "badProducts", "6")],
            first.GetProperty("refused").EnumerateArray().Select(r => (r.GetProperty("line").GetInt32(),
                r.GetProperty("code").GetString()!, r.GetProperty("documentNumber").GetString()!)));
        Assert.Equal((6, 0, 3, 3), Counts(await rig.UploadAsync($"{Path}/import", utf8)));
        var sheet = TableWriter.Xlsx("报表", columns, rows);
        Assert.Equal((6, 0, 3, 3), Counts(await rig.UploadAsync($"{Path}/import", sheet)));
        var report = (await rig.GetAsync($"{Path}?venue=hall-1")).GetProperty("items")[1];
        Assert.Equal((1_230L, 510L, 0L, 1_200L, 1_970L), (report.GetProperty("aidFen").GetInt64(),
            report.GetProperty("recognisedAidFen").GetInt64(), report.GetProperty("unstatedAidFen").GetInt64(),
            report.GetProperty("leftAidFen").GetInt64(), report.GetProperty("leftTotalFen").GetInt64()));
        var elsewhere = (await rig.GetAsync($"{Path}?channel={channel}")).GetProperty("items")[0];
        Assert.True(elsewhere.GetProperty("outsideCity").GetBoolean());
        using var connection = rig.Service.Database.OpenReader();
        Assert.Equal([$"nation@{rig.Hall.Id}/hall-1", $"own@{rig.Hall.Id}/hall-1"], connection.Query(
            "SELECT product_id || '@' || place_kind || '/' || place_id FROM product_places ORDER BY product_id",
            row => row.Text(0)));
    }

    [Fact]
    public async Task A_file_that_is_no_table_or_too_large_is_refused_as_a_whole()
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        var missing = await rig.UploadAsync($"{Path}/import", "reporter\nx\n"u8.ToArray(), HttpStatusCode.BadRequest);
        Assert.Equal("missingColumn", missing.GetProperty("code").GetString());
        var large = await rig.UploadAsync(
            $"{Path}/import", new byte[VenueLimits.MaxUploadBytes + 1], HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal("tooLarge", large.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_row_that_is_no_row_or_holds_a_formula_is_refused_with_its_line_and_the_good_rows_go_in()
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        await rig.RegisterAsync("hall-1", rig.Hall.Id);
        await rig.RegisterAsync("hall-2", rig.Hall.Id);
        var (day, before) = (VenueRig.Text(rig.Today), VenueRig.Text(rig.Today.AddDays(-1)));
        var csv = await rig.UploadAsync($"{Path}/import",
            "reporter,document_number,venue,first_day,last_day,aid_fen,total_fen,evidence,colour\n"
            + $"o,1,hall-1,{day},{day},1,2,e,red\no,2,hall-1,{day}\no,3,hall-1,{before},{before},1,2,e,red\n");
        Assert.Equal((3, 2, 0, 1), Counts(csv));
        Assert.Equal(["colour"], csv.GetProperty("ignoredColumns").EnumerateArray().Select(c => c.GetString()));
        var wrong = csv.GetProperty("refused")[0];
        Assert.Equal((3, "notReadable", "The row has more or fewer fields than the header."), (
            wrong.GetProperty("line").GetInt32(), wrong.GetProperty("code").GetString()!,
            wrong.GetProperty("en").GetString()!));
        var sheet = await rig.UploadAsync($"{Path}/import", Sheets.WithFormula(
            ["reporter", "document_number", "venue", "first_day", "last_day", "aid_fen", "total_fen", "evidence"],
            ["o", "4", "hall-2", day, day, "1", "2", "e"], ["o", "5", "hall-1", day, day, "1", "=1+1", "e"]));
        Assert.Equal((2, 1, 0, 1), Counts(sheet));
        Assert.Equal(("notReadable", 3), (sheet.GetProperty("refused")[0].GetProperty("code").GetString()!,
            sheet.GetProperty("refused")[0].GetProperty("line").GetInt32()));
        Assert.Contains("公式", sheet.GetProperty("refused")[0].GetProperty("zh").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_is_taken_in_several_transactions_with_every_document_counted_once()
    {
        await using var rig = await VenueRig.StartAsync(ShippedDataSets.All[0]);
        await rig.RegisterAsync("hall-1", rig.Hall.Id, openedOn: rig.Start.AddYears(-2));
        var csv = new StringBuilder("reporter,document_number,venue,first_day,last_day,aid_fen,total_fen,evidence\n");
        for (var i = 0; i < 2 * VenueLimits.DocumentsPerTransaction + 7; i++)
        {
            var day = VenueRig.Text(rig.Today.AddDays(-i));
            csv.AppendLine($"o,N{i},hall-1,{day},{day},{i},{2 * i},e");
        }

        Assert.Equal((407, 407, 0, 0), Counts(await rig.UploadAsync($"{Path}/import", csv.ToString())));
        Assert.Equal((407, 0, 407, 0), Counts(await rig.UploadAsync($"{Path}/import", csv.ToString())));
        var standing = (await rig.GetAsync("/api/v1/venues/standings?window=since-launch")).GetProperty("items")[0];
        Assert.Equal(407L * 406 / 2, standing.GetProperty("aidFen").GetInt64());
    }

    private static (int, int, int, int) Counts(JsonElement report) => (
        report.GetProperty("rows").GetInt32(), report.GetProperty("accepted").GetInt32(),
        report.GetProperty("unchanged").GetInt32(), report.GetProperty("refusedCount").GetInt32());

    private static JsonObject Hall(VenueRig rig, string number = "R-1") => new()
    {
        ["reporter"] = "county-office",
        ["documentNumber"] = number,
        ["venue"] = "hall-1",
        ["firstDay"] = VenueRig.Text(rig.Today.AddDays(-6)),
        ["lastDay"] = VenueRig.Text(rig.Today),
        ["aidYuan"] = "120.50",
        ["totalYuan"] = "300",
        ["evidence"] = "发票 77",
    };

    private static JsonObject Counter(string number, string? aid, string? total, string reverses = "R-1") => new()
    {
        ["reporter"] = "county-office",
        ["documentNumber"] = number,
        ["reverses"] = reverses,
        ["aidYuan"] = aid,
        ["totalYuan"] = total,
        ["evidence"] = "更正",
    };

    private static async Task<string> Refused(VenueRig rig, JsonObject report) =>
        (await rig.PostAsync(Path, report, HttpStatusCode.BadRequest)).GetProperty("code").GetString()!;

    private static string Filled(VenueRig rig, string change) => new (string Word, string Value)[]
    {
        ("CHANNEL", rig.Channels.Channel), ("SIBLING", rig.Channels.Sibling), ("TAG", rig.Channels.Tag),
        ("PLATFORM", rig.Platform.Id), ("HALL", rig.Hall.Id), ("COUNTY", rig.County), ("OTHER", rig.OtherCounty),
        ("TOMORROW", VenueRig.Text(rig.Today.AddDays(1))), ("YESTERDAY", VenueRig.Text(rig.Today.AddDays(-1))),
        ("TODAY", VenueRig.Text(rig.Today)), ("BEFORE", $"{rig.Start.Year - 1}-12-31"),
    }.Aggregate(change, (text, w) => text.Replace(w.Word, w.Value, StringComparison.Ordinal));

    private static void Change(JsonObject report, string field, string value)
    {
        report[field == "product" ? "products" : field] = field switch
        {
            "tags" => new JsonArray([.. value.Split(',').Select(t => JsonValue.Create(t))]),
            "outsideCity" => value == "true",
            "aidFen" => long.Parse(value, null),
            "product" => new JsonArray(new JsonObject
            {
                ["productId"] = value.Split(':')[0],
                ["aidYuan"] = value.Contains(':', StringComparison.Ordinal) ? value.Split(':')[1] : "1.00",
            }),
            _ => value.Length == 0 ? null : value,
        };
    }
}
