using CsCheck;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Reconciliation;
using KioskFleet.Service.Tests.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Reconciliation;

/// <summary>
/// Random sales and bills with planted differences, imported and committed in any order, are classified exactly as a
/// plain oracle says that looks at everything at once.
/// </summary>
public abstract class MatchingHistoryTests(string dataSet)
{
    private const long At = BooksRig.StartUtcMs;

    private sealed record MadeSale(string Vend, string Transaction, string Order, long Paid, long Refunded, int Minute);

    private sealed record MadePayment(string Transaction, string Order, long Fen, long GivenBack, int Minute);

    [Fact]
    public async Task Any_history_in_any_order_is_classified_as_the_oracle_says() =>
        await Gen.Int.SampleAsync(Live, iter: 60, threads: 1);

    private async Task Live(int seed)
    {
        var random = new Random(seed);
        var (sales, payments) = Make(random);
        using var rig = new BillsRig(batchEntries: 1 + random.Next(5), dataSet: dataSet);
        var journals = Enumerable.Range(0, 3).Select(i => rig.Books.Journal($"cab-{i}")).ToArray();
        var seqs = new List<(int Journal, ulong Seq, MadeSale Sale)>();
        foreach (var sale in sales)
        {
            var journal = random.Next(journals.Length);
            seqs.Add((journal, journals[journal].Add(
                BillsRig.Sale(sale.Vend, sale.Paid, sale.Transaction, sale.Order, PaymentMethod.UnionPay),
                At + sale.Minute * 60_000), sale));
        }

        foreach (var (journal, seq, sale) in seqs.Where(s => s.Sale.Refunded > 0))
        {
            // By the same or another journal of the cabinet, in parts.
            var part = 1 + random.NextInt64(sale.Refunded);
            journals[journal].Refund($"r-{sale.Vend}", journals[journal].Id, seq, part, 0, At);
            if (part < sale.Refunded)
            {
                journals[journal].Refund($"q-{sale.Vend}", journals[journal].Id, seq, sale.Refunded - part, 0, At);
            }
        }

        await Arrive(rig, journals, Lines(payments), random);
        Assert.Equal(Oracle(sales, payments), [.. rig.Outcomes().Concat(rig.Payments())]);
        rig.AssertSumsAreTheRows();
        AssertFiguresAreWhole(rig);
    }

    /// <summary>Commits and imports everything in random pieces, the reader of the ledger between them.</summary>
    private static async Task Arrive(
        BillsRig rig, JournalOnPaper[] journals, List<PaperLine> lines, Random random)
    {
        var heads = new ulong[journals.Length];
        while (lines.Count > 0 || heads.Index().Any(h => h.Item < journals[h.Index].Count))
        {
            switch (random.Next(4))
            {
                case 0 when lines.Count > 0:
                    var some = Enumerable.Range(0, Math.Min(lines.Count, 1 + random.Next(6))).Select(_ =>
                    {
                        var line = lines[random.Next(lines.Count)];
                        lines.Remove(line);
                        return line;
                    }).ToArray();
                    await rig.Import(BillsOnPaper.Day, PaymentMethod.UnionPay, lines: some);
                    break;
                case 1:
                    await rig.Projection.StepAsync(BooksRig.Stop);
                    break;
                default:
                    var at = random.Next(journals.Length);
                    if (heads[at] < journals[at].Count)
                    {
                        var last = Math.Min(journals[at].Count, heads[at] + 1 + (ulong)random.Next(3));
                        await rig.Books.Commit(journals[at], heads[at] + 1, last);
                        heads[at] = last;
                    }

                    break;
            }
        }

        await rig.Projection.CatchUpAsync(BooksRig.Stop);
    }

    private static (List<MadeSale> Sales, List<MadePayment> Payments) Make(Random random)
    {
        var (sales, payments) = (new List<MadeSale>(), new List<MadePayment>());
        var minutes = Enumerable.Range(0, 15).Select(i => i * 60).ToArray();
        random.Shuffle(minutes);
        for (var i = random.Next(14); i >= 0; i--)
        {
            var (transaction, order, minute) = ($"T{i}", $"O{(random.Next(4) == 0 ? random.Next(3) : i)}", minutes[i]);
            var parts = random.Next(5) == 0 ? 2 : 1;
            var total = 0L;
            for (var part = 0; part < parts; part++)
            {
                var paid = 1 + random.Next(6) * 100L;
                var refunded = random.Next(4) == 0 ? 1 + random.NextInt64(paid) : 0;
                total += paid;
                if (random.Next(6) > 0)
                {
                    sales.Add(new MadeSale(
                        $"v{i}{part}", random.Next(4) switch { 0 => "", 1 when i > 0 => $"T{i - 1}", _ => transaction },
                        random.Next(8) == 0 ? "" : order, paid, refunded, minute + part));
                }

                total -= random.Next(2) == 0 ? refunded : 0;
            }

            if (random.Next(6) > 0)
            {
                var fen = Math.Max(1, total + (random.Next(5) == 0 ? 1 : 0));
                payments.Add(new MadePayment(
                    random.Next(6) == 0 ? "" : transaction, order, fen,
                    random.Next(5) == 0 ? 1 + random.NextInt64(fen) : 0, minute));
            }
        }

        // A bill names a number once; without one, an order once; and only a number can be given back.
        return (sales, [.. payments.Where(p => p.Transaction.Length > 0)
            .Concat(payments.Where(p => p.Transaction.Length == 0).DistinctBy(p => p.Order)
                .Select(p => p with { GivenBack = 0 }))]);
    }

    private static List<PaperLine> Lines(List<MadePayment> payments) =>
    [
        .. payments.Select(p => new PaperLine(
            BillKind.Payment, p.Transaction, "", p.Order, p.Fen, BillsOnPaper.At("00:00:00").AddMinutes(p.Minute))),
        .. payments.Where(p => p.GivenBack > 0).Select(p => new PaperLine(
            BillKind.Refund, p.Transaction, $"R{p.Transaction}", "", p.GivenBack, BillsOnPaper.At("23:00:00"))),
    ];

    private static void AssertFiguresAreWhole(BillsRig rig)
    {
        var figures = rig.Figures();
        FigureSum[] parts =
        [
            figures.Reconciled, figures.Pending, figures.Differing, figures.RecordedNotPaid,
            .. figures.NotByBill.Values,
        ];
        Assert.Equal(figures.Signed.TotalFen, parts.Sum(p => p.TotalFen));
        Assert.Equal(figures.Signed.AidFen, parts.Sum(p => p.AidFen));
        Assert.Equal(figures.Signed.Sales, parts.Sum(p => p.Sales));
        Assert.Equal(
            rig.Books.Scalar("SELECT coalesce(sum(sales_fen - refunds_of_day_fen), 0) FROM totals"),
            figures.Signed.TotalFen);
        Assert.Equal(
            rig.Books.Scalar("SELECT coalesce(sum(sales_fen - refunds_of_day_fen), 0) FROM totals WHERE class = 1"),
            figures.Signed.AidFen);
    }

    /// <summary>Looks at everything, again and again, without any index.</summary>
    private static List<string> Oracle(List<MadeSale> sales, List<MadePayment> payments)
    {
        var saleSays = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var paymentSays = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var inOrder = sales.OrderBy(s => s.Minute).ToList();
        foreach (var payment in payments)
        {
            var claims = inOrder.Where(s => PaymentOf(s, payments) == payment).ToList();
            Decide(payment, claims);
        }

        foreach (var order in payments.Select(p => p.Order).Distinct())
        {
            var of = payments.Where(p => p.Order == order).ToList();
            var takers = inOrder.Where(s => s.Transaction == "" && s.Order == order).ToList();
            if (of.Count > 1 && takers.Count > 0)
            {
                DecideMany([.. of.Where(p => !paymentSays.ContainsKey(Name(p))).OrderBy(p => p.Minute)
                    .ThenBy(Name, StringComparer.Ordinal)], takers);
            }
        }

        foreach (var sale in sales.Where(s => !saleSays.ContainsKey(s.Vend)))
        {
            Alone(sale, "None");
        }

        foreach (var payment in payments.Where(p => !paymentSays.ContainsKey(Name(p))))
        {
            paymentSays[Name(payment)] = payment.Fen <= payment.GivenBack ? "GivenBack" : "NoSale";
        }

        return
        [
            .. saleSays.Select(s => $"{s.Key} {s.Value}"),
            .. payments.OrderBy(Name, StringComparer.Ordinal)
                .Select(p => $"{Name(p)} {paymentSays[Name(p)]} {p.Fen - p.GivenBack}"),
        ];

        void Decide(MadePayment payment, List<MadeSale> claims)
        {
            var kept = payment.Fen - payment.GivenBack;
            if (claims.Count == 0)
            {
                return;
            }

            if (claims.Sum(Net) == kept)
            {
                claims.ForEach(s => saleSays[s.Vend] = $"Matched None {Net(s)}");
                paymentSays[Name(payment)] = "Matched";
            }
            else if (claims.Count > 1
                && (claims.Find(s => Net(s) == kept && s.Transaction != "")
                    ?? claims.Find(s => Net(s) == kept)) is { } one)
            {
                claims.ForEach(s => Alone(s, "PaymentTaken"));
                saleSays[one.Vend] = $"Matched None {kept}";
                paymentSays[Name(payment)] = "Matched";
            }
            else
            {
                var cause = claims.Sum(s => s.Paid) != payment.Fen ? "Amount"
                    : claims.Sum(s => s.Refunded) < payment.GivenBack ? "RefundNotRecorded" : "RefundNotPaidOut";
                Differ([payment], claims, cause);
            }
        }

        void DecideMany(List<MadePayment> free, List<MadeSale> takers)
        {
            if (free.Count > 0 && free.Sum(Kept) == takers.Sum(Net))
            {
                takers.ForEach(s => saleSays[s.Vend] = $"Matched None {Net(s)}");
                free.ForEach(p => paymentSays[Name(p)] = "Matched");
                return;
            }

            foreach (var payment in free.ToList())
            {
                if (takers.Find(s => Net(s) == Kept(payment)) is { } fits)
                {
                    saleSays[fits.Vend] = $"Matched None {Net(fits)}";
                    paymentSays[Name(payment)] = "Matched";
                    takers.Remove(fits);
                    free.Remove(payment);
                }
            }

            if (free.Count > 0 && takers.Count > 0)
            {
                Differ(free, takers, "Amount");
            }
        }

        void Differ(List<MadePayment> of, List<MadeSale> claims, string cause)
        {
            var difference = of.Sum(Kept) - claims.Sum(Net);
            foreach (var sale in claims)
            {
                saleSays[sale.Vend] = $"Differs {cause} {Net(sale) + difference}";
                difference = 0;
            }

            of.ForEach(p => paymentSays[Name(p)] = "Differs");
        }

        void Alone(MadeSale sale, string cause) =>
            saleSays[sale.Vend] = Net(sale) == 0 ? "Matched NothingKept 0" : $"NoPayment {cause} 0";
    }

    /// <summary>The one payment that a sale belongs to: by its number, else by its order where that says it.</summary>
    private static MadePayment? PaymentOf(MadeSale sale, List<MadePayment> payments)
    {
        if (sale.Transaction != "" && payments.Find(p => p.Transaction == sale.Transaction) is { } named)
        {
            return named;
        }

        var ofOrder = sale.Order == "" ? [] : payments.Where(p => p.Order == sale.Order).ToList();
        return sale.Transaction != "" ? ofOrder.Find(p => p.Transaction == "")
            : ofOrder.Count == 1 ? ofOrder[0]
            : null;
    }

    private static string Name(MadePayment payment) =>
        payment.Transaction == "" ? $"order:op-a/{payment.Order}" : payment.Transaction;

    private static long Net(MadeSale sale) => sale.Paid - sale.Refunded;

    private static long Kept(MadePayment payment) => payment.Fen - payment.GivenBack;
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouMatchingHistoryTests() : MatchingHistoryTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangMatchingHistoryTests() : MatchingHistoryTests("linjiang-2027");
