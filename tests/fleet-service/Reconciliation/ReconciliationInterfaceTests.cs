using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Access;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Tests.Hosting;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static KioskFleet.Service.Tests.Reconciliation.BillsOnPaper;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>Bills and figures over HTTP, on the whole service.</summary>
public abstract class ReconciliationInterfaceTests(string dataSet) : IAsyncLifetime
{
    private readonly CityService _city = new(dataSet);
    private static readonly DateOnly BillDay = new(2026, 3, 2);

    private ServiceRig? _rig;

    private ServiceRig Rig => _rig!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _rig = await _city.StartAsync();
        await Rig.RegisterAsync("K1");
    }

    public ValueTask DisposeAsync() => Rig.DisposeAsync();

    [Fact]
    public async Task A_bill_is_imported_shown_and_missing_days_are_named()
    {
        var report = await Import("wechat", Write(
            PaymentMethod.WeChat, Paid("T1", 1_230, day: BillDay), Paid("=T", 5, day: BillDay)));
        Assert.Equal((1, 1, false), (
            report.GetProperty("rowsTaken").GetInt32(), report.GetProperty("rowsRefused").GetInt32(),
            report.GetProperty("complete").GetBoolean()));
        var refused = report.GetProperty("refused")[0];
        Assert.Equal(
            (3, "badNumber", "=T"),
            (refused.GetProperty("line").GetInt32(), refused.GetProperty("reason").GetString(),
                refused.GetProperty("got").GetString()));
        Assert.NotEmpty(refused.GetProperty("text").GetProperty("zh").GetString()!);
        Assert.Equal("differs", report.GetProperty("summary").GetProperty("state").GetString());
        var bills = await GetAsync("/api/v1/bills?operator=op1&provider=WECHAT&window=2026-03");
        Assert.Equal("2026-03-02", bills.GetProperty("items")[0].GetProperty("day").GetString());
        Assert.Equal(0, (await GetAsync("/api/v1/bills?window=2026-04")).GetProperty("items").GetArrayLength());
        var days = await GetAsync("/api/v1/reconciliation/days?window=2026-03&state=incomplete");
        Assert.Equal("weChat", days.GetProperty("items")[0].GetProperty("provider").GetString());
        await Rig.Database.WriteAsync(
            (connection, _) => connection.Run(
                "DROP TRIGGER assignments_never_rewritten; UPDATE assignments SET from_utc_ms = 0"),
            Stop);
        Rig.Host.Services.GetRequiredService<FleetRegister>().Load();
        var missing = await GetAsync("/api/v1/bills/missing?window=2026-03");
        Assert.Equal(30, missing.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Figures_say_what_proves_them()
    {
        await SellAsync();
        await Import("wechat", Write(
            PaymentMethod.WeChat, Paid("t-v1", 500, day: BillDay), Paid("X", 70, day: BillDay)));
        var figures = await GetAsync("/api/v1/reconciliation?window=2026-03");
        var row = figures.GetProperty("rows").EnumerateArray()
            .Single(r => r.GetProperty("countyCode").GetString() == _city.County);
        Assert.Equal(("signed", 1_000), Figure(row, "signed"));
        Assert.Equal(("reconciled", 500), Figure(row, "reconciled"));
        Assert.Equal(("signed", 300), Figure(row, "recordedNotPaid"));
        Assert.Equal(("signed", 200), Figure(row.GetProperty("notByBill"), "cash"));
        Assert.Equal(("billed", 70), Figure(figures.GetProperty("all"), "paidNotRecorded"));
        Assert.True(figures.GetProperty("isCurrent").GetBoolean());
        Assert.Equal(0, (await GetAsync($"/api/v1/reconciliation?window=2026-03&county={_city.OtherCounty}"))
            .GetProperty("rows").GetArrayLength());
        Assert.Equal(0, (await GetAsync("/api/v1/reconciliation?window=2026-03&operator=op9&cabinet=K1"))
            .GetProperty("rows").GetArrayLength());

        var missing = await GetAsync("/api/v1/reconciliation/K1/sales?state=missing");
        var sale = Assert.Single(missing.GetProperty("items").EnumerateArray());
        Assert.Equal(("v2", "missing", "none"), (sale.GetProperty("vendId").GetString(),
            sale.GetProperty("state").GetString(), sale.GetProperty("cause").GetString()));
        var first = await GetAsync("/api/v1/reconciliation/K1/sales?count=2");
        Assert.Equal(["v3", "v2"], Vends(first));
        var next = first.GetProperty("nextBefore").GetInt64();
        Assert.Equal(["v1"], Vends(await GetAsync($"/api/v1/reconciliation/K1/sales?count=2&before={next}")));
        var payments = await GetAsync("/api/v1/reconciliation/payments?window=2026-03&state=paidNotRecorded");
        Assert.Equal("X", payments.GetProperty("items")[0].GetProperty("transactionNumber").GetString());
    }

    [Fact]
    public async Task A_bill_is_withdrawn_by_two_persons_and_its_merchant_number_is_free_again()
    {
        using (var other = await Rig.Admin.PostAsJsonAsync(
            "/api/v1/cabinets", new { cabinetId = "K2", county = _city.County, operatorId = "op2" }, Stop))
        {
            other.EnsureSuccessStatusCode();
        }

        var bytes = Write(PaymentMethod.WeChat, Paid("T1", 1_230, day: BillDay) with { Merchant = "M1" });
        var id = (await Import("wechat", bytes)).GetProperty("billId").GetInt64();
        var right = $"/api/v1/bills?provider=wechat&operator=op2&day={BillDay:yyyy-MM-dd}";
        var refused = await PostAsync(Rig.Admin, right, bytes, HttpStatusCode.Conflict);
        Assert.Equal(("merchantOfAnother", "M1", "op1"), (refused.GetProperty("code").GetString(),
            refused.GetProperty("got").GetString(), refused.GetProperty("operator").GetString()));
        var path = $"/api/v1/bills/{id}/withdrawal";
        var illegal = await StepAsync(Rig.Admin, $"{path}/approve", null, HttpStatusCode.Conflict);
        Assert.Equal(("illegalWithdrawal", "none", "proposed"), (illegal.GetProperty("code").GetString(),
            illegal.GetProperty("got").GetString(), illegal.GetProperty("allowed")[0].GetString()));
        await StepAsync(Rig.Admin, path, null, HttpStatusCode.BadRequest);
        await StepAsync(Rig.Admin, "/api/v1/bills/77/withdrawal", "why", HttpStatusCode.NotFound);
        using (var nobody = await Rig.Anonymous.PostAsync(path, null, Stop))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        }

        Assert.Equal("proposed", (await StepAsync(Rig.Admin, path, "brought for op1", HttpStatusCode.OK))
            .GetProperty("state").GetString());
        var alone = await StepAsync(Rig.Admin, $"{path}/approve", null, HttpStatusCode.Conflict);
        Assert.Equal(("secondPersonNeeded", "admin"),
            (alone.GetProperty("code").GetString(), alone.GetProperty("got").GetString()));
        var second = Rig.With(await Rig.Host.Services.GetRequiredService<AccessTokens>()
            .CreateAsync("otto", AccessScope.Write, null, "test", Stop));
        var done = await StepAsync(second, $"{path}/approve", null, HttpStatusCode.OK);
        Assert.Equal(("approved", "admin", "otto"), (done.GetProperty("state").GetString(),
            done.GetProperty("proposedBy").GetString(), done.GetProperty("approvedBy").GetString()));
        var bill = (await GetAsync("/api/v1/bills")).GetProperty("items")[0];
        Assert.Equal(("M1", "approved"), (bill.GetProperty("merchants")[0].GetString(),
            bill.GetProperty("withdrawal").GetProperty("state").GetString()));
        Assert.Equal(1, (await PostAsync(Rig.Admin, right, bytes, HttpStatusCode.OK))
            .GetProperty("rowsTaken").GetInt32());
    }

    [Fact]
    public async Task Rows_and_sum_are_stated_in_the_query_and_compared()
    {
        var bytes = Write(PaymentMethod.UnionPay, Paid("T1", 1_230, day: BillDay));
        var path = $"/api/v1/bills?provider=unionpay&operator=op1&day={BillDay:yyyy-MM-dd}";
        Assert.False((await PostAsync(Rig.Admin, path, bytes, HttpStatusCode.OK)).GetProperty("complete").GetBoolean());
        var refused = await PostAsync(Rig.Admin, $"{path}&rows=1&amountFen=1231", bytes, HttpStatusCode.BadRequest);
        Assert.Equal(("statedDiffers", "amountFen=1230"),
            (refused.GetProperty("code").GetString(), refused.GetProperty("got").GetString()));
        Assert.True((await PostAsync(
            Rig.Admin, $"{path}&rows=1&amountFen=1230&merchant=M1,%20M2", bytes, HttpStatusCode.OK))
            .GetProperty("complete").GetBoolean());
        var bad = await PostAsync(Rig.Admin, $"{path}&merchant=M%201", bytes, HttpStatusCode.BadRequest);
        Assert.Equal("badMerchant", bad.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("provider=paypal&operator=op1&day=2026-03-02", HttpStatusCode.BadRequest, "badProvider")]
    [InlineData("provider=wechat&operator=op9&day=2026-03-02", HttpStatusCode.NotFound, "unknownOperator")]
    [InlineData("provider=wechat&operator=op1&day=2026-3-2", HttpStatusCode.BadRequest, "badDay")]
    [InlineData("provider=wechat&operator=op1&day=9998-01-01", HttpStatusCode.BadRequest, "badDay")]
    [InlineData("provider=wechat&operator=op1", HttpStatusCode.BadRequest, "badDay")]
    [InlineData("provider=alipay&operator=op1&day=2026-03-02", HttpStatusCode.BadRequest, "notThisLayout")]
    public async Task A_bill_that_cannot_be_taken_is_answered_with_its_problem_in_both_languages(
        string query, HttpStatusCode status, string code)
    {
        using var content = new ByteArrayContent(Write(PaymentMethod.WeChat));
        using var answer = await Rig.Admin.PostAsync($"/api/v1/bills?{query}", content, Stop);
        var problem = await ServiceRig.JsonAsync(answer, status);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.NotEmpty(problem.GetProperty("titleZh").GetString()!);
    }

    [Theory]
    [InlineData("/api/v1/reconciliation?window=x", "window")]
    [InlineData("/api/v1/reconciliation?county=999999", "county")]
    [InlineData("/api/v1/reconciliation?cabinet=a%20b", "cabinet")]
    [InlineData("/api/v1/reconciliation/K1/sales?state=3", "state")]
    [InlineData("/api/v1/reconciliation/a%20b/sales", "cabinet")]
    [InlineData("/api/v1/reconciliation/days?state=late", "state")]
    [InlineData("/api/v1/reconciliation/days?provider=x", "provider")]
    [InlineData("/api/v1/reconciliation/payments?state=x", "state")]
    [InlineData("/api/v1/bills?window=2026-13", "window")]
    [InlineData("/api/v1/bills?provider=x", "provider")]
    public async Task A_wrong_query_is_answered_with_the_field_it_is_about(string path, string field)
    {
        using var answer = await Rig.Anonymous.GetAsync(path, Stop);
        var problem = await ServiceRig.JsonAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal(field, problem.GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_hundred_megabytes_are_answered_413_and_importing_takes_a_write_token()
    {
        using var large = new ByteArrayContent(new byte[100 * 1024 * 1024]);
        using var answer = await Rig.Admin.PostAsync(
            $"/api/v1/bills?provider=wechat&operator=op1&day={BillDay:yyyy-MM-dd}", large, Stop);
        var problem = await ServiceRig.JsonAsync(answer, HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal("tooLarge", problem.GetProperty("code").GetString());
        using var small = new ByteArrayContent([]);
        using var refused = await Rig.Anonymous.PostAsync("/api/v1/bills?provider=wechat", small, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static (string?, int) Figure(JsonElement row, string name) => (
        row.GetProperty(name).GetProperty("figures").GetString(),
        row.GetProperty(name).GetProperty("totalFen").GetInt32());

    private static IEnumerable<string?> Vends(JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("vendId").GetString());

    /// <summary>Three sales of K1 as the ledger would hold them, on the bill's day.</summary>
    private async Task SellAsync()
    {
        var noon = new DateTimeOffset(2026, 3, 2, 4, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        SaleBody[] sales =
        [
            BillsRig.Sale("v1", 500), BillsRig.Sale("v2", 300), BillsRig.Sale("v3", 200, method: PaymentMethod.Cash),
        ];
        await Rig.Database.WriteAsync(
            (connection, _) =>
            {
                using var command = connection.Command("""
                    INSERT INTO journals (journal_no, journal_id, cabinet_id, head_seq, head_hash, last_utc_ms)
                      VALUES (1, x'01', 'K1', 0, x'00', 0);
                    INSERT INTO batches VALUES (1, 1, 1, 3, 1, 1, x'00', x'00', x'00', 1, 0);
                    """);
                command.ExecuteNonQuery();
                foreach (var (i, sale) in sales.Index())
                {
                    connection.Execute(
                        """
                        INSERT INTO entries (position, batch_id, seq, hash, bytes, kind, state, utc_ms, business_day,
                          assignment_id, aid_fen, ordinary_fen, unmapped_fen, line_class)
                        VALUES ($at, 1, $at, $hash, $bytes, 1, 0, $utc, 20260302, 1, $paid, 0, 0, 1)
                        """,
                        ("$at", i + 1), ("$hash", new byte[1]),
                        ("$bytes", EntryCodec.Encode((ulong)i + 1, new EntryTime(JournalOnPaper.Boot, 0, noon), sale)),
                        ("$utc", noon), ("$paid", sale.Lines[0].PaidFen));
                }

                return 0;
            },
            Stop);
    }

    private static async Task<JsonElement> PostAsync(
        HttpClient client, string path, byte[] bytes, HttpStatusCode status)
    {
        using var content = new ByteArrayContent(bytes);
        using var answer = await client.PostAsync(path, content, Stop);
        return await ServiceRig.JsonAsync(answer, status);
    }

    private static async Task<JsonElement> StepAsync(
        HttpClient client, string path, string? reason, HttpStatusCode status)
    {
        using var answer = await client.PostAsJsonAsync(path, new { reason }, Stop);
        return await ServiceRig.JsonAsync(answer, status);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Rig.Anonymous.GetAsync(path, Stop);
        return await ServiceRig.JsonAsync(answer, HttpStatusCode.OK);
    }

    private async Task<JsonElement> Import(string provider, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var answer = await Rig.Admin.PostAsync(
            $"/api/v1/bills?provider={provider}&operator=op1&day={BillDay:yyyy-MM-dd}", content, Stop);
        return await ServiceRig.JsonAsync(answer, HttpStatusCode.OK);
    }
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouReconciliationInterfaceTests() : ReconciliationInterfaceTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangReconciliationInterfaceTests() : ReconciliationInterfaceTests("linjiang-2027");
