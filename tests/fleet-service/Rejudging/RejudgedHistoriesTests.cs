using CsCheck;
using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Rejudging;
using KioskFleet.Service.Tests.Charts;
using KioskFleet.Service.Tests.Ledger;
using KioskFleet.Service.Tests.Places;
using System.Data.Common;
using Xunit;

namespace KioskFleet.Service.Tests.Rejudging;

/// <summary>
/// Whatever is sold, refunded, quarantined, released, moved and corrected in whatever order: in the end the totals are
/// as if everything had been judged by the last catalogue at commit, and the proof holds after every step.
/// </summary>
public sealed class RejudgedHistoriesTests
{
    private const long Start = BooksRig.StartUtcMs;
    private const long Day = JournalOnPaper.DayMs;
    private const int Days = 40;

    private static readonly string[] Skus = ["tea", "cola", "box", "nobody", "gift"];
    private static readonly string[] Products = ["tea", "cola"];

    private sealed record Sold(
        string Cabinet, int Sale, long UtcMs, string Operator, (string Sku, long Paid)[] Lines);

    private sealed record Refunded(int Sale, int Line, long AmountFen, long UtcMs);

    [Fact]
    public async Task Histories_with_corrections_end_as_if_everything_had_been_judged_so_at_commit() =>
        await Gen.Int.SampleAsync(seed => new History(seed).RunAsync(), iter: 60, threads: 1);

    private sealed class History : IDisposable
    {
        private readonly BooksRig _books;
        private readonly CatalogueOnPaper _catalogue;
        private readonly Random _random;
        private readonly ChartRig _charts;
        private readonly List<JournalOnPaper> _journals = [];
        private readonly Dictionary<JournalOnPaper, ulong> _committed = [];
        private readonly Dictionary<string, (long FromUtcMs, string Operator)> _moves = [];
        private readonly List<(Sold Sale, JournalOnPaper Journal, ulong Seq)> _sold = [];
        private readonly List<Refunded> _refunds = [];
        private int _number;

        public History(int seed)
        {
            _random = new Random(seed);
            _books = new BooksRig(ShippedDataSets.All[_random.Next(ShippedDataSets.All.Count)]);
            _catalogue = new CatalogueOnPaper(_books);
            _charts = new ChartRig(_books);
            for (var i = 0; i < 3; i++)
            {
                var journal = _books.Journal($"cab-{i}");
                _journals.Add(journal);
                _committed[journal] = 0;
                if (i > 0)
                {
                    // Moved before anything is told: what is older than the move stays with the first operator.
                    _moves[$"cab-{i}"] = (Start + _random.Next(Days) * Day, i == 1 ? "op-b" : "op-c");
                    _books.Assign(journal.Cabinet.Id, _moves[$"cab-{i}"].Operator, _moves[$"cab-{i}"].FromUtcMs);
                }
            }
        }

        public void Dispose()
        {
            _charts.Dispose();
            _books.Dispose();
        }

        public async Task RunAsync()
        {
            using (this)
            {
                for (var step = 20 + _random.Next(40); step >= 0; step--)
                {
                    await Step();
                }

                foreach (var journal in _journals)
                {
                    await Commit(journal, journal.Count);
                }

                foreach (var position in _books.Rows("SELECT position FROM quarantine WHERE released_utc_ms IS NULL"))
                {
                    await Release(position);
                }

                _catalogue.PutInForce();
                await _catalogue.Sweep(Pace());
                _books.AssertProven();
                Assert.Equal(Expected(), _books.Totals());
                await AssertChartsAsync();
                Assert.Equal(0, (await _catalogue.Sweep()).SalesChanged);
            }
        }

        /// <summary>
        /// Read in steps between everything else, the rollups are the totals, and by hour a plain recount.
        /// </summary>
        private async Task AssertChartsAsync()
        {
            await _charts.Drain();
            Assert.Equal(_charts.LedgerTotals(), _charts.Days());
            Assert.Equal(ExpectedHours(), _charts.Hours());
        }

        private IEnumerable<string> ExpectedHours()
        {
            var hours = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
            foreach (var (sale, _, _) in _sold)
            {
                At(sale, sale.UtcMs, 0)[1]++;
                for (var i = 0; i < sale.Lines.Length; i++)
                {
                    var of = At(sale, sale.UtcMs, ClassOf(sale, i));
                    of[0] += sale.Lines[i].Paid;
                    of[1] += Enumerable.Range(0, i).Any(j => ClassOf(sale, j) == ClassOf(sale, i)) ? 0 : 1;
                    of[2]++;
                }
            }

            foreach (var refund in _refunds)
            {
                var sale = _sold[refund.Sale].Sale;
                var of = At(sale, refund.UtcMs, ClassOf(sale, refund.Line));
                of[3] += refund.AmountFen;
                of[4]++;
            }

            return hours.Select(s => $"{s.Key}|{string.Join('|', s.Value)}");

            int ClassOf(Sold sale, int line) =>
                (int)CatalogueOnPaper.ClassOf(_catalogue.State, sale.Operator, sale.Lines[line].Sku, sale.UtcMs);

            long[] At(Sold sale, long utcMs, int of)
            {
                var key = $"{sale.Cabinet}|{sale.Operator}|{utcMs / 3_600_000 * 3_600_000}|{of}";
                return hours.TryGetValue(key, out var found) ? found : hours[key] = new long[5];
            }
        }

        private async Task Step()
        {
            var journal = _journals[_random.Next(_journals.Count)];
            if (_random.Next(3) == 0)
            {
                await _charts.Step();
            }

            switch (_random.Next(10))
            {
                case < 4:
                    Sell(journal);
                    break;
                case 4 when _sold.Where(s => s.Journal == journal).ToList() is { Count: > 0 } own:
                    Refund(own[_random.Next(own.Count)]);
                    break;
                case 5:
                    await Commit(journal, journal.Count);
                    break;
                case 6:
                    Correct();
                    break;
                case 7 when _books.Rows("SELECT position FROM quarantine WHERE released_utc_ms IS NULL") is
                    { Count: > 0 } apart:
                    await Release(apart[_random.Next(apart.Count)]);
                    break;
                case 8:
                    _catalogue.PutInForce();
                    await SweepOrDie();
                    _books.AssertProven();
                    break;
                default:
                    await Commit(journal, Math.Min(journal.Count, _committed[journal] + 2), isRefusing: true);
                    break;
            }
        }

        private void Sell(JournalOnPaper journal)
        {
            var lines = Enumerable.Range(0, 1 + _random.Next(3))
                .Select(_ => (Skus[_random.Next(Skus.Length)], (long)_random.Next(1_000))).ToArray();
            var at = Start + _random.Next(Days) * Day + _random.Next(1_000);
            var cabinet = journal.Cabinet.Id.Value;
            var owner = _moves.TryGetValue(cabinet, out var move) && at >= move.FromUtcMs ? move.Operator : "op-a";
            _sold.Add((new Sold(cabinet, _sold.Count, at, owner, lines), journal,
                journal.SellAt(at, $"v{++_number}", lines)));
        }

        private void Refund((Sold Sale, JournalOnPaper Journal, ulong Seq) of)
        {
            var refund = new Refunded(of.Sale.Sale, _random.Next(of.Sale.Lines.Length), 1 + _random.Next(500),
                Start + _random.Next(Days + 20) * Day);
            of.Journal.Refund(
                $"r{++_number}", of.Journal.Id, of.Seq, refund.AmountFen, (byte)refund.Line, refund.UtcMs);
            _refunds.Add(refund);
        }

        /// <summary>On record, and only sometimes in force at once: between the two an old snapshot judges.</summary>
        private void Correct()
        {
            _catalogue.Record(state => _random.Next(4) switch
            {
                0 => state with { Listings = [.. state.Listings.Where(_ => _random.Next(3) > 0)] },
                1 => state with { Mappings = [.. state.Mappings.Where(_ => _random.Next(4) > 0)] },
                2 => state with
                {
                    Listings = state.Listings.Add(new Listing(
                        Products[_random.Next(2)], _books.OtherCounty, Span())),
                },
                _ => state with
                {
                    Mappings = state.Mappings.Add(new SkuMapping(
                        _random.Next(3) switch { 0 => null, 1 => "op-a", _ => "op-b" }, Skus[_random.Next(Skus.Length)],
                        Products[_random.Next(2)], Span())),
                },
            });
            if (_random.Next(2) == 0)
            {
                _catalogue.PutInForce();
            }
        }

        private InForce Span()
        {
            var from = Start + _random.Next(Days) * Day;
            return new InForce(from, _random.Next(2) == 0 ? null : from + (1 + _random.Next(Days)) * Day);
        }

        private async Task Commit(JournalOnPaper journal, ulong last, bool isRefusing = false)
        {
            if (last <= _committed[journal])
            {
                return;
            }

            if (isRefusing)
            {
                _books.Files.Run("""
                    CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.state = 0 AND NEW.seq % 2 = 0
                    BEGIN SELECT RAISE(ABORT, 'no'); END
                    """);
            }

            Assert.IsType<CommitOutcome.Committed>(await _books.Commit(journal, _committed[journal] + 1, last));
            _books.Files.Run("DROP TRIGGER IF EXISTS refuse");
            _committed[journal] = last;
        }

        private async Task Release(string position) => await new QuarantineRelease(
                _books.Database, _books.Catalogue, _books.Register, _books.Places, _books.Time)
            .ReleaseAsync(long.Parse(position), "who", BooksRig.Stop);

        private RejudgingPace Pace() => new()
        {
            SalesPerTurn = 1 + _random.Next(5),
            BlocksPerStretch = 1,
            Readers = 1 + _random.Next(2),
        };

        private async Task SweepOrDie()
        {
            if (_random.Next(3) > 0)
            {
                await _catalogue.Sweep(Pace());
                return;
            }

            _books.Files.Run($"""
                CREATE TRIGGER dies BEFORE INSERT ON corrections
                WHEN NEW.position > {_random.Next(30)} AND NEW.cause = 'Rejudged'
                BEGIN SELECT RAISE(ABORT, 'power'); END
                """);
            try
            {
                await _catalogue.Sweep(Pace());
            }
            catch (DbException error) when (error.Message.Contains("power", StringComparison.Ordinal))
            {
                Assert.Equal(
                    0, _books.Scalar("SELECT count(*) FROM rejudgings WHERE cursor_position > through_position"));
            }

            _books.Files.Run("DROP TRIGGER dies");
        }

        /// <summary>A plain recount by the last catalogue.</summary>
        private IEnumerable<string> Expected()
        {
            var sums = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
            foreach (var (sale, _, _) in _sold)
            {
                for (var i = 0; i < sale.Lines.Length; i++)
                {
                    var at = At(sale, sale.UtcMs, i);
                    at[0] += sale.Lines[i].Paid;
                    at[1]++;
                }
            }

            foreach (var refund in _refunds)
            {
                var sale = _sold[refund.Sale].Sale;
                At(sale, refund.UtcMs, refund.Line)[2] += refund.AmountFen;
                At(sale, sale.UtcMs, refund.Line)[3] += refund.AmountFen;
            }

            return sums.Where(s => s.Value.Any(v => v != 0)).Select(s => $"{s.Key}|{string.Join('|', s.Value)}");

            long[] At(Sold sale, long dayOfUtcMs, int line)
            {
                var day = DateTimeOffset.FromUnixTimeMilliseconds(dayOfUtcMs + 8 * 3_600_000);
                var lineClass = CatalogueOnPaper.ClassOf(
                    _catalogue.State, sale.Operator, sale.Lines[line].Sku, sale.UtcMs);
                var key = $"{sale.Cabinet}|{sale.Operator}|{day:yyyyMMdd}|{lineClass}";
                return sums.TryGetValue(key, out var found) ? found : sums[key] = new long[4];
            }
        }
    }
}
