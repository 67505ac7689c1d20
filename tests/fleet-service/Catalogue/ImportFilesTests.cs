using System.Net;
using System.Text;
using System.Text.Json;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Tables;
using KioskFleet.Service.Tests.Tables;
using Xunit;
using static KioskFleet.Service.Tests.Catalogue.CatalogueRig;

namespace KioskFleet.Service.Tests.Catalogue;

public abstract class ImportFilesTests(string dataSet) : IAsyncLifetime
{
    private const string Columns = "sku,product_name,product_id,recognised_by,listed_from,listed_to,"
        + "recognising_county,batch,supplier,value_wan_yuan,people_helped,helping,evidence,pictures,introduction\n";

    private CatalogueRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await StartAsync(dataSet);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Bad_rows_are_refused_one_by_one_and_the_good_ones_go_in()
    {
        var file = Columns
            + $"A1,大米,,{_rig.Home},2020-09-01,open,,2020-03,某合作社,12.5,320,工资性,3号|4号,https://e.org/a.jpg,\"新米\n好吃\"\n"
            + "A2,油,,999999,2020-09-01,,,,,,,,,,\n"
            + $"A3,油,,{_rig.NoCounty},2020-09-01,,,,,,,,,,\n"
            + $"A4,油,,,,,{_rig.NoCounty},,,,,,,,\n"
            + "A5,油,,,,,,,,-3,,,,,\n"
            + "A6,油,,,,,,,,,-1,,,,\n"
            + "A7,油,,,,,,,,,,luck,,,\n"
            + "A8,油,,,,,,,,,,,,javascript:x,\n"
            + "A9,=1+1,,,,,,,,,,,,,\n"
            + $"A10,油,,{_rig.Home},2020-13-01,,,,,,,,,,\n"
            + $"A11,油,p,{_rig.Home},2020-09-01,2020-10-01,,,甲,,,,,,\n"
            + $"A12,油,p,{_rig.Home},2020-09-15,,,,,,,,,,\n"
            + "A13,油,p,,,,,,乙,,,,,,\n"
            + $"A11,油,p,{_rig.Home},2020-09-01,2020-10-01,,,甲,,,,,,\n"
            + ",油,q,,,,,,,,,,,,\n"
            + "A14,油,n,national,2020-09-01,open,,,,,,,,,\n";
        var report = await _rig.ImportAsync(file);
        Assert.Equal(
            [
                "4 unknownCounty 999999", $"5 unknownCounty {_rig.NoCounty}", $"6 unknownCounty {_rig.NoCounty}",
                "7 badMoney -3", "8 badCount -1", "9 badHelping luck", "10 badLink javascript:x",
                "11 formula name: =1+1",
                "12 badTime 2020-13-01", "14 listingOverlaps p", "15 contradictsEarlierRow 乙",
                "16 repeatsEarlierRow A11",
            ],
            Refused(report));
        Assert.Equal((4, 13), (report.GetProperty("rowsChanged").GetInt32(), report.GetProperty("refused")
            .EnumerateArray().Single(r => r.GetProperty("line").GetInt32() == 16).GetProperty("otherLine").GetInt32()));
        Assert.All(report.GetProperty("refused").EnumerateArray(), r => Assert.NotEqual(
            r.GetProperty("text").GetProperty("zh").GetString(), r.GetProperty("text").GetProperty("en").GetString()));
        var details = (await _rig.GetAsync("/api/v1/products?contains=大米")).GetProperty("items")[0]
            .GetProperty("details");
        Assert.Equal((_rig.Home, 12_500_000, "wage", "新米\n好吃", 2),
            (details.GetProperty("recognisingCounty").GetString(), details.GetProperty("valueFen").GetInt64(),
                details.GetProperty("helping").GetString(), details.GetProperty("introduction").GetString(),
                details.GetProperty("evidence").GetArrayLength()));

        var again = await _rig.ImportAsync(file);
        Assert.Equal((false, 0, 4), (again.GetProperty("changed").GetBoolean(),
            again.GetProperty("rowsChanged").GetInt32(), again.GetProperty("rowsUnchanged").GetInt32()));
        Assert.Equal(Refused(report), Refused(again));
        Assert.Equal(["1"], _rig.Rows("SELECT COUNT(*) FROM catalogue_versions"));
        Assert.Equal(["catalogue.imported|clerk"],
            _rig.Rows("SELECT action, actor FROM audit_log WHERE subject = 'catalogue:1'"));
    }

    [Fact]
    public async Task A_workbook_is_taken_like_a_text_file_and_its_formulas_are_refused_row_by_row()
    {
        var report = await _rig.ImportAsync(new SheetOnPaper
        {
            Formats = ["0", "14"],
            Rows = SheetOnPaper.TextRow(1, "sku", "product_name", "recognised_by", "listed_from", "value_wan_yuan")
                + SheetOnPaper.Row(2, Text("A2", "T1"), Text("B2", "茶"), Number("C2", _rig.Home),
                    """<c r="D2" s="1"><v>44075</v></c>""", Number("E2", "0.30000000000000004"))
                + SheetOnPaper.Row(3, Text("A3", "T2"), """<c r="B3" t="str"><f>A3</f><v>T2</v></c>""")
                + SheetOnPaper.Row(4, Text("A4", "T3"), """<c r="B4" t="e"><v>#REF!</v></c>""")
                + SheetOnPaper.Row(5, Number("A5", "6901234567892"), Text("B5", "水")),
        }.ToBytes());
        Assert.Equal("xlsx", report.GetProperty("encoding").GetString());
        Assert.Equal(["3 formula =A3", "4 cellError #REF!"], Refused(report));
        Assert.Equal(ProductClass.Aid, _rig.Class("T1", NowUtcMs));
        Assert.Equal([$"2020-09-01|300000"], _rig.Rows(
            "SELECT l.from_utc_ms, p.value_fen FROM listings l JOIN products p USING (product_id)")
            .Select(r => $"{Day(long.Parse(r.Split('|')[0]))}|{r.Split('|')[1]}"));
        Assert.Equal(ProductClass.Ordinary, _rig.Class("6901234567892", NowUtcMs));
    }

    [Fact]
    public async Task A_line_of_another_encoding_is_refused_and_the_others_go_in()
    {
        var report = await _rig.ImportAsync(
        [
            .. Encoding.UTF8.GetBytes("sku,product_name\nA1,定远大米\n"),
            .. CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes("A2,凤阳大米\n"),
            .. Encoding.UTF8.GetBytes("A3,明光绿豆\n"),
        ]);
        Assert.Equal(2, report.GetProperty("rowsChanged").GetInt32());
        var refused = Assert.Single(report.GetProperty("refused").EnumerateArray());
        Assert.Equal((3, "badEncoding"),
            (refused.GetProperty("line").GetInt32(), refused.GetProperty("reason").GetString()));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("xlsx")]
    public async Task What_is_exported_changes_nothing_when_it_is_imported_again(string format)
    {
        await _rig.ImportAsync(Columns
            + $"A1,大米,rice,{_rig.Home},2020-09-01,2020-12-01,,2020-03,某合作社,12.5,320,资产性,3号|4号,https://e.org/a.jpg,"
            + "\"a, \"\"b\"\"\nc\"\n"
            + "A2,大米,rice,110101,2020-09-01T08:30+08:00,,,,,,,,,,\n"
            + "A3,大米,rice,,,,,,,,,,,,\n"
            + $",油,oil,{_rig.Other},2020-10-01,,,,,,,,,,\n");
        await _rig.ImportAsync("sku,product_name,product_id,operator,mapped_from,mapped_to\n"
            + "A4,大米,rice,op1,2020-09-01,2020-12-01\n");
        await _rig.ProductAsync("bare", new { name = "-Bare", supplier = "'+1", introduction = "@home" });
        var listed = await _rig.ListAsync("rice2", _rig);
        await _rig.StepAsync(listed, new { state = "suspended", reason = "mould", ground = "quality" });
        using var answer = await _rig.Clerk.GetAsync($"/api/v1/catalogue/export?format={format}", Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            format == "xlsx" ? TableWriter.XlsxType : "text/csv", answer.Content.Headers.ContentType!.MediaType);
        var file = await answer.Content.ReadAsByteArrayAsync(Stop);
        var before = _rig.Snapshot.Version;
        var report = await _rig.ImportAsync(file);
        Assert.Empty(Refused(report));
        Assert.Equal((false, 7, 7, 0),
            (report.GetProperty("changed").GetBoolean(), report.GetProperty("rowsRead").GetInt32(),
                report.GetProperty("rowsUnchanged").GetInt32(), report.GetProperty("ignoredColumns").GetArrayLength()));
        Assert.Equal(before, _rig.Snapshot.Version);

        // And what is exported makes the same catalogue elsewhere.
        await using var other = await StartAsync(dataSet);
        Assert.Empty(Refused(await other.ImportAsync(file)));
        const string Facts = """
            SELECT product_id, name, supplier, value_fen, helping, evidence, introduction FROM products ORDER BY 1
            """;
        Assert.Equal(_rig.Rows(Facts), other.Rows(Facts));
        const string Spans = "SELECT product_id, recognised_by, from_utc_ms, to_utc_ms FROM listings ORDER BY 1, 2, 3";
        Assert.Equal(_rig.Rows(Spans), other.Rows(Spans));
        const string Skus = """
            SELECT operator_id, sku, product_id, from_utc_ms, to_utc_ms FROM sku_mappings ORDER BY 1, 2
            """;
        Assert.Equal(_rig.Rows(Skus), other.Rows(Skus));
    }

    [Fact]
    public async Task A_hundred_megabytes_are_refused_at_once_with_our_own_answer()
    {
        foreach (var isChunked in new[] { false, true })
        {
            using var content = new StreamContent(new MemoryStream(new byte[100 * 1024 * 1024]));
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/catalogue/import");
            request.Content = content;
            request.Headers.TransferEncodingChunked = isChunked;
            using var answer = await _rig.Clerk.SendAsync(request, Stop);
            var text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
            var problem = JsonElement.Parse(text);
            Assert.Equal(("tooLarge", "file"),
                (problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString()));
            Assert.NotEmpty(problem.GetProperty("titleZh").GetString()!);
        }
    }

    [Fact]
    public async Task An_import_gives_each_listing_its_recognition_and_moves_its_end_with_it()
    {
        await _rig.ImportAsync("sku,product_name,product_id,recognised_by,listed_from,listed_to\n"
            + $"T1,Tea,tea,{_rig.Home},2020-09-01,2020-12-01\nO1,Oil,oil,national,2020-09-01,\n");
        await _rig.ImportAsync("sku,product_name,product_id,recognised_by,listed_from,listed_to\n"
            + $"T1,Tea,tea,{_rig.Home},2020-09-01,2020-11-01\n");
        var recognition = Assert.Single((await _rig.GetAsync("/api/v1/recognitions")).GetProperty("items")
            .EnumerateArray());
        Assert.Equal("listed", recognition.GetProperty("state").GetString());
        Assert.Equal("2020-11-01", Day(recognition.GetProperty("validToUtc").GetDateTimeOffset()
            .ToUnixTimeMilliseconds()));
        Assert.Equal(["clerk|imported: test", "clerk|imported: test"],
            _rig.Rows("SELECT actor, why FROM recognition_steps"));
        var id = recognition.GetProperty("recognitionId").GetInt64();
        await _rig.StepAsync(id, new { state = "revoked", reason = "false papers", ground = "administrative" });
        var grace = Day(_rig.Now + _rig.GraceMs);
        Assert.Equal(
            string.CompareOrdinal(grace, "2020-11-01") < 0 ? grace : "2020-11-01",
            Day(long.Parse(Assert.Single(_rig.Rows("SELECT to_utc_ms FROM listings WHERE product_id = 'tea'")))));
        var revived = await _rig.ImportAsync("sku,product_name,product_id,recognised_by,listed_from,listed_to\n"
            + $"T1,Tea,tea,{_rig.Home},2020-09-01,2021-11-01\n");
        Assert.Equal(["2 recognitionUnderWay tea"], Refused(revived));
    }

    [Theory]
    [InlineData("rejected")]
    [InlineData("revoked")]
    public async Task A_product_that_a_county_of_the_city_turned_down_comes_back_by_its_recognition_only(string state)
    {
        await _rig.ProductAsync("tea");
        var id = state == "revoked" ? await _rig.ListAsync("tea") : (await PostAsync(
            _rig.Clerk, "/api/v1/recognitions", new { productId = "tea", reason = "applies" }, HttpStatusCode.Created))
            .GetProperty("recognitionId").GetInt64();
        _rig.Now += DayMs;
        await _rig.StepAsync(id, new { state, reason = "false papers", ground = "administrative" });
        string Row(string county) => "sku,product_name,product_id,recognised_by,listed_from\n"
            + $"T1,tea,tea,{county},{Day(_rig.Now + 60 * DayMs)}\n";

        Assert.Equal(["2 recognitionEnded tea"], Refused(await _rig.ImportAsync(Row(_rig.Home))));
        Assert.Empty(Refused(await _rig.ImportAsync(Row(_rig.Other))));

        // Recognitions of other cities come by import alone, whatever became of the last one.
        await _rig.ExecuteAsync(
            "INSERT INTO recognitions (product_id, county_code, state) VALUES ('tea', '110101', 'Revoked')");
        Assert.Empty(Refused(await _rig.ImportAsync(Row("110101"))));

        _rig.Now += 40 * DayMs;
        await _rig.ListAsync("tea", to: Day(_rig.Now + DayMs));
        Assert.Empty(Refused(await _rig.ImportAsync(Row(_rig.Home))));
    }

    [Fact]
    public async Task A_time_after_9998_is_refused_everywhere_and_an_export_never_fails_for_one()
    {
        const string Last = "9999-12-31T23:59:59Z";
        var report = await _rig.ImportAsync("sku,product_name,product_id,recognised_by,listed_from,listed_to\n"
            + $"T1,Tea,tea,{_rig.Home},2020-09-01,{Last}\nT2,Tea,tea,{_rig.Other},9999-01-01,\n"
            + $"T3,Tea,tea,{_rig.Places.Counties[2].Code},2020-09-01,9998-12-31\n"
            + $"T4,Tea,tea,{_rig.Places.Counties[3].Code},9999-01-01T00:00+08:00,\n");
        Assert.Equal(
            [$"2 badTime {Last}", "3 badTime 9999-01-01", "5 badTime 9999-01-01T00:00+08:00"], Refused(report));
        foreach (var (path, body) in new (string, object)[]
        {
            ("/api/v1/products/tea/national-listings", new { from = "now", to = Last, reason = "x" }),
            ("/api/v1/recognitions/1/steps", new { state = "listed", reason = "x", from = "now", to = Last }),
            ("/api/v1/catalogue/corrections", new
            {
                subject = "listing", productId = "tea", recognisedBy = _rig.Home, from = "2020-10-01", to = Last,
                reason = "x",
            }),
        })
        {
            var problem = await PostAsync(_rig.Clerk, path, body, HttpStatusCode.BadRequest);
            Assert.Equal("badTime", problem.GetProperty("errors")[0].GetProperty("reason").GetString());
        }

        // As an earlier program may have left it.
        var times = new CatalogueTimes(KioskFleet.Service.Places.BusinessZone.Shanghai);
        Assert.Equal("9999-01-01", times.Shown(253_402_300_799_000));
        Assert.Equal("9999-01-01", times.Shown(long.MaxValue));
        Assert.NotEmpty(times.Shown(long.MinValue));
        const string Latest = "9998-12-31T23:59:59.999+08:00";
        Assert.Equal(Latest, times.Shown(times.Moment(Latest)!.Value));
        using var answer = await _rig.Clerk.GetAsync("/api/v1/catalogue/export", Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("application/octet-stream", true)]
    [InlineData("application/json", false)]
    public async Task A_file_is_known_by_its_content_and_another_type_is_a_problem_in_both_languages(
        string type, bool isTaken)
    {
        using var content = new StringContent("sku,product_name\nT1,Tea\n");
        content.Headers.ContentType = new(type);
        using var answer = await _rig.Clerk.PostAsync("/api/v1/catalogue/import", content, Stop);
        Assert.Equal(isTaken ? HttpStatusCode.OK : HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        if (!isTaken)
        {
            await IsTwoLanguagesAsync(answer);
            using var text = new StringContent("reason");
            using var json = await _rig.Clerk.PostAsync("/api/v1/recognitions", text, Stop);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
            await IsTwoLanguagesAsync(json);
        }
    }

    private static async Task IsTwoLanguagesAsync(HttpResponseMessage answer)
    {
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal("unsupportedMediaType", problem.GetProperty("code").GetString());
        Assert.NotEqual(problem.GetProperty("title").GetString(), problem.GetProperty("titleZh").GetString());
    }

    [Fact]
    public async Task Each_version_is_listed_with_who_made_it_from_what_and_what_it_affects()
    {
        await _rig.ImportAsync($"sku,product_name,recognised_by,listed_from\nT1,Tea,{_rig.Home},2020-09-01\n");
        await _rig.ProductAsync("oats");
        var versions = (await _rig.GetAsync("/api/v1/catalogue/versions?pageSize=2")).GetProperty("items");
        Assert.Equal(
            [(2L, "product oats", 0L), (1L, "test", 1L)],
            versions.EnumerateArray().Select(v => (v.GetProperty("version").GetInt64(),
                v.GetProperty("source").GetString()!, v.GetProperty("affectedSpans").GetInt64())));
        Assert.Equal(JsonValueKind.Null, versions[0].GetProperty("affectsFromUtc").ValueKind);
        await _rig.GetAsync("/api/v1/catalogue/versions?page=0", HttpStatusCode.BadRequest);
        await _rig.GetAsync("/api/v1/catalogue/export?format=pdf", HttpStatusCode.BadRequest);
    }

    private static List<string> Refused(JsonElement report) =>
    [
        .. report.GetProperty("refused").EnumerateArray().Select(r =>
            $"{r.GetProperty("line")} {r.GetProperty("reason")} {r.GetProperty("got")}"),
    ];

    private static string Text(string place, string text) =>
        $"<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>";

    private static string Number(string place, string value) => $"<c r=\"{place}\"><v>{value}</v></c>";
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouImportFilesTests() : ImportFilesTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangImportFilesTests() : ImportFilesTests("linjiang-2027");

/// <summary>A product made and listed in one go.</summary>
internal static class ListedProduct
{
    public static async Task<long> ListAsync(this CatalogueRig rig, string productId, CatalogueRig on)
    {
        await on.ProductAsync(productId);
        return await rig.ListAsync(productId);
    }
}
