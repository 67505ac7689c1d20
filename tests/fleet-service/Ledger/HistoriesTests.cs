using CsCheck;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>Whatever the order of arrival, the figures are the same, and they are what a plain recount gives.</summary>
public abstract class HistoriesTests(string dataSet)
{
    private const long Day = JournalOnPaper.DayMs;

    private sealed record Shown(string Totals, string Refunds, string Findings, string Quarantine);

    [Fact]
    public async Task Any_order_of_arrival_gives_the_same_totals_refunds_and_findings()
    {
        Shown? expected = null;
        await Gen.Int.SampleAsync(async seed =>
        {
            var shown = await Arrive(seed);
            expected ??= shown;
            Assert.Equal(expected, shown);
        }, iter: 30, threads: 1);
    }

    [Fact]
    public async Task Random_histories_give_what_a_plain_recount_of_what_was_delivered_gives() =>
        await Gen.Int.SampleAsync(Live, iter: 20, threads: 1);

    /// <summary>One fixed history of two cabinets; only the arrival of its batches is random.</summary>
    private async Task<Shown> Arrive(int seed)
    {
        using var books = new BooksRig(dataSet);
        var random = new Rng(seed);
        var old = books.Journal();
        for (var i = 1; i <= 6; i++)
        {
            old.SellAt(BooksRig.StartUtcMs + i, $"v{i}", ("tea", 100 * i), ("cola", 10));
        }

        old.Refund("r1", old.Id, 2, 40);
        old.Refund("r2", old.Id, 9, 30, 1);
        old.SellAt(BooksRig.StartUtcMs + Day, "v9", ("nobody", 5), ("tea", 6));
        old.SellAt(BooksRig.StartUtcMs + Day, "v10", ("tea", 70));
        var successor = books.Journal().Succeed(old, 9, SuccessionReason.Corrupt, 1);
        successor.Carry(old, 10);
        successor.SellAt(BooksRig.StartUtcMs + 3, "v3", ("tea", 300), ("cola", 10));
        successor.Refund("r1", old.Id, 2, 40);
        successor.SellAt(BooksRig.StartUtcMs + 2 * Day, "own", ("cola", 20));
        successor.Refund("r3", successor.Id, 3, 290, 0, BooksRig.StartUtcMs + 3 * Day);
        successor.Refund("r4", old.Id, 10, 60);
        var later = books.Journal();
        later.Refund("r5", successor.Id, 2, 11);
        later.Refund("r6", old.Id, 3, 20);
        later.Refund("r7", old.Id, 1, 1, line: 9);
        later.Refund("r8", old.Id, 4, 401);
        later.Refund("r9", successor.Id, 5, 5);
        var foreign = books.Journal("cab-2");
        foreign.Refund("f1", old.Id, 5, 100);
        foreign.Sell("v1", ("tea", 3));
        foreign.Refund("f2", foreign.Id, 2, 3);
        JournalOnPaper[] journals = [old, successor, later, foreign];
        await Deliver(books, journals, [9, 7, 5, 3], random);
        books.AssertProven();
        return new Shown(
            string.Join('\n', books.Totals()),
            string.Join('\n', books.Rows("""
                SELECT cabinet_id, refund_number, refund_day, line, amount_fen, sale_day, sale_assignment, class
                FROM refunds
                ORDER BY 1, 2
                """)),
            string.Join('\n', books.Findings()),
            string.Join('\n', books.Quarantine()));
    }

    /// <summary>Sends random pieces, with restarts in between, until every head is where it should be.</summary>
    private static async Task Deliver(BooksRig books, JournalOnPaper[] journals, int[] until, Rng random)
    {
        var heads = new int[journals.Length];
        while (heads.Zip(until).Any(h => h.First < h.Second))
        {
            var picked = Enumerable.Range(0, 1 + random.Below(3)).Select(_ => random.Below(journals.Length)).ToList();
            var batches = picked.Select(j =>
            {
                var from = Math.Max(1, heads[j] + 1 - random.Below(3));
                from = Math.Min(from, until[j]);
                return books.Batch(journals[j], (ulong)from, (ulong)Math.Min(until[j], from + random.Below(4)));
            }).ToArray();
            var outcomes = await books.Commit(batches, 1 + random.Below(batches.Length));
            for (var i = 0; i < picked.Count; i++)
            {
                heads[picked[i]] = outcomes[i] switch
                {
                    CommitOutcome.Committed committed => (int)committed.Head.Seq,
                    CommitOutcome.Duplicate duplicate => (int)duplicate.Head.Seq,
                    CommitOutcome.Rewind rewind => (int)rewind.Head.Seq,
                    _ => throw new InvalidOperationException($"{outcomes[i]}"),
                };
            }

            if (random.Below(5) == 0)
            {
                books.RestartWriter();
            }
        }
    }

    /// <summary>Cabinets that sell, refund and give away at random, and an oracle that knows what they did.</summary>
    private async Task Live(int seed)
    {
        using var books = new BooksRig(dataSet);
        var random = new Rng(seed);
        var oracle = new SortedDictionary<string, (long Sales, long Lines, long Refunds, long OfDay)>(
            StringComparer.Ordinal);
        var journals = Enumerable.Range(0, 2 + random.Below(4)).Select(i => books.Journal($"cab-{i % 3}")).ToArray();
        var sold = new List<(JournalOnPaper Journal, ulong Seq, string Key, long Paid)>();
        var number = 0;
        foreach (var journal in journals)
        {
            journal.Add(new NonSaleBody(NonSalePurpose.Test, $"n{++number}", "", [new("", "tea", "", 1, 9)]));
        }

        for (var step = random.Below(120); step >= 0; step--)
        {
            var journal = journals[random.Below(journals.Length)];
            var day = random.Below(30);
            var key = $"{journal.Cabinet.Id}|op-a|{(day < 30 ? 20_200_901 + day : 0)}";
            switch (random.Below(6))
            {
                case 0 when sold.Where(s => s.Journal.Cabinet == journal.Cabinet).ToList() is { Count: > 0 } own:
                    var sale = own[random.Below(own.Count)];
                    var amount = 1 + random.Below(200);
                    journal.Refund(
                        $"r{++number}", sale.Journal.Id, sale.Seq, amount, 0, BooksRig.StartUtcMs + day * Day);
                    Add($"{key}|{sale.Key[^1]}", (0, 0, amount, 0));
                    Add(sale.Key, (0, 0, 0, amount));
                    break;
                case 1:
                    journal.Add(new NonSaleBody(NonSalePurpose.Test, $"n{++number}", "", [new("", "tea", "", 1, 9)]));
                    break;
                case 2:
                    journal.SellAt(BooksRig.StartUtcMs + day * Day, "", ("tea", 1_000));
                    break;
                default:
                    var paid = random.Below(500);
                    var (sku, lineClass) = random.Below(3) switch
                    {
                        0 => ("tea", day < 20 ? 1 : 2),
                        1 => ("cola", 2),
                        _ => ("nobody", 3),
                    };
                    var seq = journal.SellAt(BooksRig.StartUtcMs + day * Day, $"v{++number}", (sku, paid));
                    sold.Add((journal, seq, $"{key}|{lineClass}", paid));
                    Add($"{key}|{lineClass}", (paid, 1, 0, 0));
                    break;
            }
        }

        await Deliver(books, journals, [.. journals.Select(j => (int)j.Count)], random);
        Assert.Equal(
            oracle.Select(o => $"{o.Key}|{o.Value.Sales}|{o.Value.Lines}|{o.Value.Refunds}|{o.Value.OfDay}"),
            books.Totals());
        books.AssertProven();

        void Add(string key, (long Sales, long Lines, long Refunds, long OfDay) change)
        {
            var at = oracle.GetValueOrDefault(key);
            oracle[key] = (at.Sales + change.Sales, at.Lines + change.Lines, at.Refunds + change.Refunds,
                at.OfDay + change.OfDay);
        }
    }

    /// <summary>A small generator of its own, so that a seed gives the same history on every machine.</summary>
    private sealed class Rng(int seed)
    {
        private ulong _state = ((ulong)(uint)seed << 1) + 0x9E37_79B9_7F4A_7C15;

        public int Below(int bound)
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (int)(_state % (ulong)bound);
        }
    }
}

/// <summary>Over <c>chuzhou-2020</c>.</summary>
public sealed class ChuzhouHistoriesTests() : HistoriesTests("chuzhou-2020");

/// <summary>Over <c>linjiang-2027</c>.</summary>
public sealed class LinjiangHistoriesTests() : HistoriesTests("linjiang-2027");
