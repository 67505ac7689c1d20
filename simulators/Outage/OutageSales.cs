using KioskFleet.Protocol.Entries;
using KioskFleet.Simulators.Bench;

namespace KioskFleet.Simulators.Outage;

/// <summary>
/// What a cabinet sells: one line a sale, texts of usual length, now and then a refund. Deterministic by seed and
/// cabinet. One caller at a time.
/// </summary>
internal sealed class OutageSales(ulong seed, int cabinet)
{
    // Of fifty sales one is given back.
    private const int RefundEvery = 50;
    private const int OpenHours = 15;
    private static readonly TimeSpan DayOpens = TimeSpan.FromHours(7);
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    private readonly Random _random = new(unchecked((int)(seed * 2_654_435_761UL) + cabinet));

    /// <summary>
    /// Records the sales of an outage: each day's within opening hours, Asia/Shanghai, in the order of time.
    /// </summary>
    /// <param name="journal">Where they are recorded.</param>
    /// <param name="fromUtcMs">Beginning, Unix milliseconds UTC.</param>
    /// <param name="toUtcMs">End, exclusive.</param>
    /// <param name="perDay">Sales of a day.</param>
    public void Record(VirtualJournal journal, long fromUtcMs, long toUtcMs, int perDay)
    {
        var from = DateTimeOffset.FromUnixTimeMilliseconds(fromUtcMs).ToOffset(Shanghai);
        var times = new List<long>();
        for (var day = from.Date; ; day = day.AddDays(1))
        {
            var opens = new DateTimeOffset(day + DayOpens, Shanghai).ToUnixTimeMilliseconds();
            if (opens >= toUtcMs)
            {
                break;
            }

            times.AddRange(Enumerable.Range(0, perDay)
                .Select(_ => opens + _random.NextInt64(OpenHours * 3_600_000L)));
        }

        foreach (var time in times.Where(time => time >= fromUtcMs && time < toUtcMs).Order())
        {
            Sell(journal, time);
        }
    }

    /// <summary>Records one sale, and with some a refund of it a moment later.</summary>
    public void Sell(VirtualJournal journal, long utcMs)
    {
        var number = journal.Facts.Tail.Seq + 1;
        var price = 100 + 50 * _random.Next(40);
        var seq = journal.Append(new SaleBody(SaleSource.Vend, SaleMarks.None, $"v-{cabinet:000000}-{number:00000000}",
            new Payment(PaymentMethod.WeChat, $"DD2026{number:0000000000}",
                $"42000021{cabinet:000000}{number:0000000000}"),
            [new SaleLine($"A{_random.Next(10)}", BenchSales.Skus[_random.Next(BenchSales.Skus.Count)],
                "定远糯米 500g", 1, price, price)]), utcMs);
        if (_random.Next(RefundEvery) == 0)
        {
            journal.Append(new RefundBody(
                $"r-{cabinet:000000}-{number:00000000}", journal.Id, seq, 0, price, 1, "", "缺货"), utcMs);
        }
    }
}
