using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Catalogue;

namespace KioskFleet.Service.Tests.Patterns;

/// <summary>
/// Thirty days of ordinary life at some cabinets, by seed: a canteen's noon, a school's milk break, a station at night,
/// a festival at a scenic spot, an office with regular customers; discounts, gifts, a clearing, a changed price, goods
/// by weight, commissioning and maintenance, refunds also days later, a school that buys a class's milk piece by
/// piece, and a large order for an office. Nothing here is staged.
/// </summary>
internal sealed class HonestCity
{
    private static readonly string[] Rhythms =
    [
        "000000012335999543332100", // canteen
        "000000025992455323421000", // school
        "432112345666667777888875", // station
        "000000001355644455310000", // scenic spot
        "000000014556866666400000", // office
    ];

    private static readonly PaperProduct[] Aid =
        [.. new long[] { 500, 1_280, 890, 2_600, 450, 980, 550, 1_500, 790, 380, 620, 750, 1_150 }
            .Select((fen, i) => new PaperProduct($"A{i}", ProductClass.Aid, fen))];

    private static readonly PaperProduct[] Ordinary =
        [.. new long[] { 200, 500, 300, 650, 550, 480, 600, 400, 450, 350, 850 }
            .Select((fen, i) => new PaperProduct($"B{i}", ProductClass.Ordinary, fen))];

    private static readonly PaperProduct Unmapped = new("X0", ProductClass.Unmapped, 390);
    private readonly Random _random;

    public HonestCity(int seed, int cabinets = 10, int days = 30)
    {
        _random = new Random(seed);
        Days = days;
        Cabinets = [.. Enumerable.Range(0, cabinets).Select(i => $"cab-{i}")];
        for (var i = 0; i < cabinets; i++)
        {
            Live(Cabinets[i], i % Rhythms.Length);
        }
    }

    public List<PaperEvent> Events { get; } = [];

    public IReadOnlyList<string> Cabinets { get; }

    public int Days { get; }

    /// <summary>The milk of every cabinet: an aid product that sells everywhere.</summary>
    public static PaperProduct Milk => Aid[0];

    public static PaperProduct AidProduct(int i) => Aid[i % Aid.Length];

    public static PaperProduct OrdinaryProduct(int i) => Ordinary[i % Ordinary.Length];

    private bool Chance(int percent) => _random.Next(100) < percent;

    private void Live(string cabinet, int kind)
    {
        var perDay = kind switch { 0 => 120, 1 => 60, 2 => 45, 3 => 35, _ => 22 } * (80 + _random.Next(60)) / 100;
        var factor = 70 + _random.Next(kind is 2 or 3 ? 150 : 60);
        var billed = Chance(60);
        var aidPercent = 55 + _random.Next(30);
        var weights = Rhythms[kind].Select(c => c - '0').ToArray();
        var festival = kind == 3 && Days > 6 ? _random.Next(5, Days) : -1;
        if (Chance(40))
        {
            Events.Add(NonSale(cabinet, At(0, 7), NonSalePurpose.Test, 24));
        }

        for (var day = 0; day < Days; day++)
        {
            if (kind == 1 && day % 7 is 4 or 5)
            {
                continue;
            }

            for (var hour = 0; hour < 24; hour++)
            {
                var count = Poisson((double)perDay * (day == festival ? 5 : 1) * weights[hour] / weights.Sum());
                for (var n = 0; n < count; n++)
                {
                    Visit(cabinet, At(day, hour) + _random.Next(3_600_000), factor, (aidPercent, billed, day));
                }
            }

            if (kind == 1 && Days > 6)
            {
                MilkBreak(cabinet, day, factor, billed);
            }

            if (day == festival)
            {
                Festival(cabinet, day, factor);
            }
        }

        Oddities(cabinet, kind, perDay, factor);
    }

    private void Visit(string cabinet, long utcMs, int factor, (int AidPercent, bool Billed, int Day) at)
    {
        var lines = new List<PaperLine>();
        for (var count = Chance(80) ? 1 : 2; count > 0; count--)
        {
            var product = Chance(3) ? Unmapped : Popular(Chance(at.AidPercent) ? Aid : Ordinary);
            var price = product.PriceFen * factor / 100;
            price = at.Day >= 15 && product.Sku is "A5" or "B5" ? price * 130 / 100 : price;
            price = product.Sku == "A12" ? price * (60 + _random.Next(90)) / 100 : price;
            var quantity = Chance(88) ? 1 : Chance(98) ? 2 + _random.Next(3) : 10 + _random.Next(15);
            var paid = price * quantity;
            paid = Chance(8) ? paid * (50 + _random.Next(45)) / 100 : paid;
            lines.Add(Refunded(new PaperLine(product, quantity, price, paid)));
        }

        if (Chance(1))
        {
            lines.Add(new PaperLine(Popular(Aid), 1, 500, 0));
        }

        // Regular customers come each day, once or twice; the others are many.
        var buyer = !at.Billed || Chance(20) ? 0UL
            : Chance(25) ? 1UL + (ulong)_random.Next(12) : 1_000UL + (ulong)_random.Next(1_000_000);
        Events.Add(new PaperEvent(cabinet, utcMs, buyer, lines));
        if (Chance(1))
        {
            Events.Add(NonSale(cabinet, utcMs + 5, (NonSalePurpose)(1 + _random.Next(4)), 1));
        }
    }

    private PaperLine Refunded(PaperLine line)
    {
        if (!Chance(2))
        {
            return line;
        }

        var fen = Chance(60) ? line.PaidFen : line.PaidFen / 2;
        return line with { RefundedFen = fen, RefundedDays = Chance(60) ? 0 : 1 + _random.Next(4) };
    }

    private void MilkBreak(string cabinet, int day, int factor, bool billed)
    {
        var price = Milk.PriceFen * factor / 100;
        for (var n = 18 + _random.Next(14); n > 0; n--)
        {
            Events.Add(new PaperEvent(cabinet, At(day, 9) + 40 * 60_000 + _random.Next(20 * 60_000),
                billed && Chance(80) ? 5_000UL + (ulong)_random.Next(400) : 0,
                [new PaperLine(Milk, 1, price, price)]));
        }
    }

    /// <summary>Everybody buys the festival's cakes, and something to drink.</summary>
    private void Festival(string cabinet, int day, int factor)
    {
        for (var n = 60 + _random.Next(60); n > 0; n--)
        {
            var product = Chance(45) ? Aid[6] : Popular(Chance(40) ? Aid : Ordinary);
            var price = product.PriceFen * factor / 100;
            Events.Add(new PaperEvent(cabinet, At(day, 10) + _random.Next(6 * 3_600_000),
                Chance(70) ? 1_000UL + (ulong)_random.Next(1_000_000) : 0, [new PaperLine(product, 1, price, price)]));
        }
    }

    private void Oddities(string cabinet, int kind, int perDay, int factor)
    {
        var price = Milk.PriceFen * factor / 100;
        if (perDay >= 45 && Days >= 20)
        {
            // A teacher buys a class's milk piece by piece.
            var at = At(12 + _random.Next(5), 15);
            for (var n = 12 + _random.Next(6); n > 0; n--)
            {
                Events.Add(new PaperEvent(cabinet, at + n * 20_000, kind == 0 ? 0 : 77UL,
                    [new PaperLine(Milk, 1, price, price)]));
            }
        }

        // Goods near their date are cleared, an office orders for a meeting, maintenance takes out what is old.
        var cleared = Ordinary[_random.Next(Ordinary.Length)];
        for (var n = Chance(40) ? 3 + _random.Next(4) : 0; n > 0; n--)
        {
            var low = cleared.PriceFen * factor / 400;
            Events.Add(new PaperEvent(cabinet, At(Days - 1, 11) + n * 600_000, 0,
                [new PaperLine(cleared, 1, low, low)]));
        }

        Events.Add(new PaperEvent(cabinet, At(Math.Min(3, Days - 1), 10), 0,
            [new PaperLine(Aid[3], 18, Aid[3].PriceFen * factor / 100, Aid[3].PriceFen * factor / 100 * 18)]));
        Events.Add(NonSale(cabinet, At(Days / 2, 20), NonSalePurpose.Maintenance, perDay * Days / 25));
    }

    private static PaperEvent NonSale(string cabinet, long utcMs, NonSalePurpose purpose, int pieces) =>
        new(cabinet, utcMs, 0, []) { Purpose = purpose, Pieces = pieces };

    private static long At(int day, int hour) =>
        RulesOnPaper.StartUtcMs + day * RulesOnPaper.DayMs + hour * RulesOnPaper.HourMs;

    /// <summary>The first of a list sell best.</summary>
    private PaperProduct Popular(PaperProduct[] products) =>
        products[Math.Min(_random.Next(products.Length), _random.Next(products.Length))];

    private int Poisson(double mean)
    {
        var (limit, product, count) = (Math.Exp(-Math.Min(mean, 500)), _random.NextDouble(), 0);
        while (product > limit)
        {
            product *= _random.NextDouble();
            count++;
        }

        return count;
    }
}
