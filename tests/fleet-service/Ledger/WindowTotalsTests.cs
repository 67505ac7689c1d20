using System.Globalization;
using CsCheck;
using KioskFleet.Service.Compliance;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Xunit;
using ClassAmounts = KioskFleet.Service.Compliance.ClassAmounts;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>Sums of months and weeks beside the days, and windows that are read from them.</summary>
public abstract class WindowTotalsTests(string dataSet)
{
    private static readonly DateOnly Launch = new(2020, 9, 1);

    private static readonly Gen<DateOnly> Days = Gen.Int[0, 900].Select(d => new DateOnly(2019, 6, 1).AddDays(d));

    [Fact]
    public void The_parts_of_a_window_hold_each_of_its_days_once_and_only_whole_months_and_weeks() =>
        Gen.Select(Days, Gen.Int[0, 500]).Sample((from, length) =>
        {
            var parts = TotalsParts.Of(from, from.AddDays(length));
            var next = from;
            foreach (var part in parts)
            {
                Assert.Equal(next, part.From);
                Assert.True(part.From < part.To);
                Assert.True(part.Kind switch
                {
                    WindowKind.Month => part is { From.Day: 1, To.Day: 1 },
                    WindowKind.Week => part is { From.DayOfWeek: DayOfWeek.Monday, To.DayOfWeek: DayOfWeek.Monday },
                    _ => TotalsWindow.WeekOf(BusinessZone.Number(part.From))
                        == TotalsWindow.WeekOf(BusinessZone.Number(part.To.AddDays(-1))),
                });
                next = part.To;
            }

            Assert.Equal(from.AddDays(length), next);
        }, iter: 3_000);

    [Theory]
    [InlineData("2026-11", "Month 20261101-20261201")]
    [InlineData("2026-Q4", "Month 20261001-20270101")]
    [InlineData("2026-W45", "Week 20261102-20261109")]
    [InlineData("2026-11-05", "Day 20261105-20261106")]
    [InlineData("trailing-40", "Day 20261015-20261019, Week 20261019-20261123, Day 20261123-20261124")]
    [InlineData("trailing-60", "Day 20260925-20260928, Day 20260928-20261001, Month 20261001-20261101, "
        + "Day 20261101-20261102, Week 20261102-20261123, Day 20261123-20261124")]
    public void A_window_of_a_policys_kind_needs_few_readings(string window, string expected)
    {
        var found = JudgingWindow.Parse(window, new DateOnly(2026, 11, 23))!;
        var shown = TotalsParts.Of(found.From, found.To).Select(
            p => $"{p.Kind?.ToString() ?? "Day"} {BusinessZone.Number(p.From)}-{BusinessZone.Number(p.To)}");
        Assert.Equal(expected, string.Join(", ", shown));
    }

    [Fact]
    public async Task A_sale_and_its_refund_stand_in_the_month_and_week_of_each_ones_day()
    {
        using var books = new BooksRig(dataSet);
        var journal = books.Journal();
        journal.SellAt(At(30), "v1", ("tea", 100));
        journal.Refund("r1", journal.Id, 1, 30, 0, At(35));
        await books.Commit(journal);
        Assert.Equal(
            ["1|20201001|2|100|1|30|30", "2|20200928|2|100|1|0|30", "2|20201005|2|0|0|30|0"],
            books.Rows("""
                SELECT kind, first_day, class, sales_fen, sales_lines, refunds_fen, refunds_of_day_fen
                FROM window_totals ORDER BY 1, 2, 3
                """));
        books.AssertProven();
    }

    [Fact]
    public async Task Any_window_is_the_sum_of_its_days()
    {
        using var books = new BooksRig(dataSet);
        await Live(books, new Random(7));
        Assert.True(books.Scalar("SELECT count(*) FROM totals WHERE sales_fen < refunds_of_day_fen") > 0);
        var store = new StandingsStore(books.Database, books.Places.Zone);
        var assignments = books.Rows("SELECT cabinet_id, assignment_id FROM assignments").Select(r => r.Split('|'))
            .Select(r => (Cabinet: r[0], Id: long.Parse(r[1], CultureInfo.InvariantCulture))).ToList();
        Gen.Select(Gen.Int[-40, 150], Gen.Int[0, 150], Gen.Int[-3, 3]).Sample((start, length, one) =>
        {
            var window = new JudgingWindow("w", Launch.AddDays(start), Launch.AddDays(start + length));
            var cabinet = one < 0 ? null : $"cab-{one}";
            var read = store.Read(window, cabinet).Assignments.ToDictionary(a => (a.CabinetId, a.AssignmentId));
            foreach (var key in assignments.Where(a => cabinet is null || a.Cabinet == cabinet))
            {
                Assert.Equal(SumOfDays(books, key, window),
                    read.TryGetValue(key, out var found) ? found.Amounts : default);
            }

            Assert.All(read.Keys, key => Assert.Contains(key, assignments));
        }, iter: 400, threads: 1);
    }

    [Fact]
    public void A_ledger_made_before_has_its_windows_and_spans_after_the_migration()
    {
        using var files = new TemporaryDatabase(StorageEngine.Sqlite);
        var all = Migration.FromAssembly(typeof(FleetDatabase).Assembly, StorageEngine.Sqlite);
        files.Open([.. all.Where(m => m.Number <= 100)]).Dispose();
        using (var old = files.Open([.. all.Where(m => m.Number <= 100)]))
        using (var connection = old.OpenWriter())
        using (var command = connection.Driver().CreateCommand())
        {
            command.CommandText = """
                INSERT INTO totals VALUES
                  ('a', 1, 20191229, 1, 1, 1, 0, 0), ('a', 1, 20191230, 1, 2, 1, 5, 0),
                  ('a', 1, 20200105, 1, 4, 1, 0, 7),
                  ('a', 1, 20200106, 1, 8, 1, 0, 0), ('a', 1, 20200229, 2, 16, 1, 0, 0),
                  ('b', 2, 20200301, 2, 32, 1, 0, 0);
                INSERT INTO entries VALUES
                  (1, 1, 1, x'', x'', 1, 0, 50, 20200101, 1, 0, 0, 0, 1, NULL),
                  (4095, 1, 2, x'', x'', 1, 1, 20, 20200101, 1, 0, 0, 0, 1, NULL),
                  (4096, 1, 3, x'', x'', 1, 0, 70, 20200101, 1, 0, 0, 0, 1, NULL),
                  (4097, 1, 4, x'', x'', 1, 1, 9, 0, 1, 0, 0, 0, 1, NULL),
                  (4098, 1, 5, x'', x'', 2, 0, 8, 20200101, 1, 0, 0, 0, 1, NULL);
                """;
            command.ExecuteNonQuery();
        }

        Assert.Equal(
            [
                "1|20191201|a|1|3|2|5|0", "1|20200101|a|1|12|2|0|7", "1|20200201|a|2|16|1|0|0",
                "1|20200301|b|2|32|1|0|0", "2|20191223|a|1|1|1|0|0", "2|20191230|a|1|6|2|5|7",
                "2|20200106|a|1|8|1|0|0", "2|20200224|a|2|16|1|0|0", "2|20200224|b|2|32|1|0|0",
            ],
            Rows(files, """
                SELECT kind, first_day, cabinet_id, class, sales_fen, sales_lines, refunds_fen, refunds_of_day_fen
                FROM window_totals ORDER BY 1, 2, 3, 4
                """));
        Assert.Equal(["0|20|50", "1|70|70"], Rows(files, "SELECT * FROM sale_spans ORDER BY 1"));
    }

    private static ClassAmounts SumOfDays(BooksRig books, (string Cabinet, long Id) key, JudgingWindow window)
    {
        var sums = books.Rows($"""
            SELECT class, sum(sales_fen - refunds_of_day_fen), sum(sales_fen), sum(refunds_fen), sum(sales_lines)
            FROM totals WHERE cabinet_id = '{key.Cabinet}' AND assignment_id = {key.Id}
              AND business_day >= {window.FromNumber} AND business_day < {window.ToNumber} GROUP BY 1
            """);
        return sums.Select(s => s.Split('|').Select(v => long.Parse(v, CultureInfo.InvariantCulture)).ToArray())
            .Aggregate(default(ClassAmounts), (sum, r) => sum + ClassAmounts.Of(
                (Service.Catalogue.ProductClass)r[0], r[1], r[2], r[3], r[4]));
    }

    /// <summary>Cabinets that move, sell and refund over four months, more than they sold on some days.</summary>
    private static async Task Live(BooksRig books, Random random)
    {
        var journals = Enumerable.Range(0, 4).Select(i => books.Journal($"cab-{i}")).ToList();
        books.Assign(journals[1].Cabinet.Id, "op-b", At(20));
        books.Assign(journals[2].Cabinet.Id, "op-c", At(61));
        var number = 0;
        foreach (var journal in journals)
        {
            for (var i = 0; i < 120; i++)
            {
                var sale = journal.SellAt(At(random.Next(110)), $"v{++number}",
                    (new[] { "tea", "cola", "nobody" }[random.Next(3)], 1 + random.Next(900)));
                if (random.Next(4) == 0)
                {
                    journal.Refund($"r{number}", journal.Id, sale, 1 + random.Next(2_000), 0, At(random.Next(140)));
                }
            }

            await books.Commit(journal);
        }

        books.AssertProven();
    }

    private static long At(int day) => BooksRig.StartUtcMs + day * JournalOnPaper.DayMs + 1;

    private static List<string> Rows(TemporaryDatabase files, string sql)
    {
        using var connection = files.Database.OpenReader();
        using var command = connection.Command(sql);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        }

        return rows;
    }
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouWindowTotalsTests() : WindowTotalsTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangWindowTotalsTests() : WindowTotalsTests("linjiang-2027");
