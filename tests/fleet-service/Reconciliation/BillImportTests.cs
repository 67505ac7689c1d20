using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Options;
using Xunit;
using static KioskFleet.Service.Tests.Reconciliation.BillsOnPaper;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>Bills on their way into the database.</summary>
public abstract class BillImportTests(string dataSet) : IDisposable
{
    private readonly BillsRig _rig = new(dataSet);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_bill_is_kept_with_its_lines_and_the_one_who_brought_it()
    {
        var report = await _rig.Import(Paid("T1", 1_230, terminal: "K1", order: "O1"), GivenBack("T1", "R1", 30));
        Assert.True(report is { Complete: true, AlreadyImported: false, RowsTaken: 2, RowsRefused: 0 });
        Assert.Equal(
            ["WeChat|payment|T1||O1|op-a|1230|20200901|K1||1", "WeChat|refund|T1|R1||op-a|30|20200901||mR1|1"],
            _rig.Books.Rows("""
                SELECT provider, kind, transaction_number, refund_number, merchant_order_number, operator_id,
                       amount_fen, bill_day, terminal, merchant_refund_number, bill_id FROM bill_lines ORDER BY kind
                """));
        Assert.Equal(
            ["who|bill.begun|bill:1", "who|bill.imported|bill:1"],
            _rig.Books.Rows("SELECT actor, action, subject FROM audit_log ORDER BY audit_id"));
        var shown = Assert.Single(_rig.Bills.Page(("", ""), (0, int.MaxValue), null, 10).Items);
        Assert.Equal(
            ("WeChat", "op-a", Day, 2, true, "agrees", report.Sha256),
            (shown.Provider, shown.OperatorId, shown.Day, shown.RowsTaken, shown.Complete, shown.Summary,
                shown.Sha256));
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing()
    {
        PaperLine[] lines = [Paid("T1", 100), Paid("T2", 200)];
        await _rig.Import(lines);
        var before = Everything();
        _rig.Books.Time.Advance(TimeSpan.FromHours(1));
        var again = await _rig.Import(lines);
        Assert.True(again is { AlreadyImported: true, RowsTaken: 0, RowsKnown: 2, BillId: 1, Complete: true });
        Assert.Equal(before, Everything());
    }

    [Fact]
    public async Task Another_file_with_the_same_lines_adds_only_what_is_new()
    {
        await _rig.Import(Paid("T1", 100));
        var more = await _rig.Import(Paid("T1", 100), Paid("T2", 200));
        Assert.True(more is { BillId: 2, RowsTaken: 1, RowsKnown: 1, RowsRefused: 0 });
        Assert.Equal(["T1|1", "T2|2"], _rig.Books.Rows("SELECT transaction_number, bill_id FROM bill_lines"));
    }

    [Theory]
    [InlineData(101, "12:00:00", "op-a", "")]
    [InlineData(100, "12:00:01", "op-a", "")]
    [InlineData(100, "12:00:00", "op-b", "")]
    [InlineData(100, "12:00:00", "op-a", "O9")]
    public async Task A_row_that_contradicts_an_earlier_bill_is_refused_and_names_it(
        long fen, string time, string operatorId, string order)
    {
        await _rig.Import(Paid("T0", 5), Paid("T1", 100));
        var report = await _rig.Import(
            Day, operatorId: operatorId, lines: [Paid("T1", fen, time, order), Paid("T2", 7)]);
        var refused = Assert.Single(report.Refused);
        Assert.Equal(
            ("contradictsEarlierBill", 2, "T1", new EarlierLine(1, Day, 3)),
            (refused.Reason, refused.Line, refused.Got, refused.Earlier));
        Assert.True(report is { Complete: false, RowsTaken: 1 });
        Assert.Equal(
            ["T0|5|op-a", "T1|100|op-a", $"T2|7|{operatorId}"],
            _rig.Books.Rows("SELECT transaction_number, amount_fen, operator_id FROM bill_lines"));
    }

    [Fact]
    public async Task An_import_that_broke_off_goes_on_when_the_file_comes_again()
    {
        PaperLine[] lines =
            [.. Enumerable.Range(0, ReconciliationLimits.RowsPerTransaction + 5).Select(i => Paid($"T{i}", 1))];
        _rig.Books.Files.Run("""
            CREATE TRIGGER refuse BEFORE INSERT ON bill_lines WHEN NEW.transaction_number = 'T1003'
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        await Assert.ThrowsAnyAsync<Exception>(() => _rig.Import(lines));
        Assert.Equal(1_000, _rig.Books.Scalar("SELECT count(*) FROM bill_lines"));
        Assert.Empty(_rig.Bills.Days(0, int.MaxValue));
        _rig.Books.Files.Run("DROP TRIGGER refuse");
        var report = await _rig.Import(lines);
        Assert.True(report is { BillId: 1, AlreadyImported: false, RowsTaken: 5, RowsKnown: 1_000, Complete: true });
        Assert.Single(_rig.Bills.Days(0, int.MaxValue));
    }

    [Fact]
    public async Task A_bill_of_a_day_that_is_not_over_becomes_complete_when_it_comes_again_later()
    {
        using var rig = new BillsRig(dataSet, today: Day);
        Assert.False((await rig.Import(Paid("T1", 100))).Complete);
        rig.Today(Day.AddDays(1));
        Assert.True((await rig.Import(Paid("T1", 100))).Complete);
    }

    [Fact]
    public async Task A_bill_of_payments_alone_and_one_of_refunds_alone_are_complete_together()
    {
        var both = BillsOnPaper.WeChat([Paid("T1", 100)]);
        var payments = string.Join("\r\n", both.Split("\r\n").Select(line => line.Split(',')).Select(
            fields => string.Join(',', fields.Where((_, i) => fields.Length < 20 || i is < 14 or > 19))));
        await Import(payments);
        Assert.Equal((true, false), Assert.Single(_rig.Bills.Days(0, int.MaxValue)) is var day
            ? (day.HasPayments, day.HasRefunds) : default);
        await Import(both.Replace("设备号", "退款申请时间"));
        Assert.Equal((true, true), Assert.Single(_rig.Bills.Days(0, int.MaxValue)) is var all
            ? (all.HasPayments, all.HasRefunds) : default);
    }

    [Fact]
    public async Task A_payer_is_kept_as_a_digest_that_only_the_key_of_this_place_makes()
    {
        await _rig.Import(Paid("T1", 1) with { Payer = "openid-1" }, Paid("T2", 1) with { Payer = "openid-1" },
            Paid("T3", 1) with { Payer = "openid-2" }, Paid("T4", 1) with { Payer = "" });
        await _rig.Import(Day, PaymentMethod.Alipay, lines: [Paid("T1", 1) with { Payer = "openid-1" }]);
        var buyers = _rig.Books.Rows("SELECT hex(buyer) FROM bill_lines");
        Assert.Equal(
            [64, 64, 64, 0, 64],
            _rig.Books.Rows("""
                SELECT length(hex(buyer)) FROM bill_lines ORDER BY provider DESC, transaction_number
                """).Select(int.Parse));
        Assert.Equal(4, buyers.Distinct().Count());
        var digest = _rig.Payers.Digest(PaymentMethod.WeChat, "openid-1")!;
        Assert.Contains(Convert.ToHexString(digest), buyers);
        var file = Path.Combine(_rig.Books.Files.Folder, PayerKey.FileName);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.Equal(digest, new PayerKey(Options.Create(_rig.Books.Files.Options), _rig.Books.Database)
            .Digest(PaymentMethod.WeChat, "openid-1"));
        using var elsewhere = new Tests.Storage.TemporaryDatabase();
        Assert.NotEqual(digest, new PayerKey(Options.Create(elsewhere.Options), elsewhere.Database)
            .Digest(PaymentMethod.WeChat, "openid-1"));
        File.WriteAllText(file, "short\n");
        var error = await Assert.ThrowsAsync<StorageException>(() => new PayerKey(
            Options.Create(_rig.Books.Files.Options), _rig.Books.Database).StartAsync(BooksRig.Stop));
        Assert.Contains(PayerKey.FileName, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_setting_is_named_with_what_it_takes()
    {
        var result = new ReconciliationOptionsValidator().Validate(null, new ReconciliationOptions
        {
            MidnightMinutes = 721,
            BatchEntries = 0,
            IdleMilliseconds = 1,
            MerchantDays = 0,
            UnionPay = new UnionPayLayout { Amount = " | " },
        });
        Assert.Equal(
            [
                "Reconciliation:MidnightMinutes: got 721; takes 0 to 720.",
                "Reconciliation:MerchantDays: got 0; takes 1 to 400.",
                "Reconciliation:BatchEntries: got 0; takes 1 to 20000.",
                "Reconciliation:IdleMilliseconds: got 1; takes 10 to 600000.",
                "Reconciliation:UnionPay:Amount: got ' | '; takes at least one name, several parted by '|'.",
            ],
            result.Failures);
    }

    private async Task Import(string text) => Assert.IsType<BillOutcomeOfImport.Imported>(
        await _rig.Importer.ImportAsync(
            System.Text.Encoding.UTF8.GetBytes(text), new BillName(PaymentMethod.WeChat, "op-a", Day), "who",
            BooksRig.Stop));

    private string Everything() => string.Join('\n', new[] { "bills", "bill_lines", "audit_log" }
        .SelectMany(table => _rig.Books.Rows($"SELECT * FROM {table}")));
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouBillImportTests() : BillImportTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangBillImportTests() : BillImportTests("linjiang-2027");
