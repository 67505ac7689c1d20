using KioskFleet.Protocol.Entries;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Bills;

/// <summary>
/// The daily bills of a load, per operator and provider, made from what happened at the cabinets and not from what the
/// agents were told. Immutable and thread-safe.
/// </summary>
internal sealed class BillBook
{
    private static readonly PaymentMethod[] Providers =
        [PaymentMethod.WeChat, PaymentMethod.Alipay, PaymentMethod.UnionPay];

    private readonly ILookup<BillKey, BillLine> _lines;

    private BillBook(IEnumerable<string> operators, ILookup<BillKey, BillLine> lines)
    {
        Operators = [.. operators.Distinct().Order(StringComparer.Ordinal)];
        _lines = lines;
    }

    /// <summary>The operators with cabinets, sorted.</summary>
    public IReadOnlyList<string> Operators { get; }

    /// <summary>Collects a plan's bills; takes as long as generating its events once.</summary>
    public static BillBook Of(CityPlan plan)
    {
        var lines =
            from cabinet in plan.Cabinets
            from happening in CityStream.Of(plan, cabinet)
            from entry in happening.Bill
            select (Key: new BillKey(cabinet.Operator.Id, entry.Provider, entry.Day),
                Line: new BillLine(cabinet.Id, entry));
        return new BillBook(
            plan.Cabinets.Select(static cabinet => cabinet.Operator.Id),
            lines.ToLookup(static line => line.Key, static line => line.Line));
    }

    /// <summary>
    /// The files of a span of days: one of every provider for every operator and day, with nothing in it where nothing
    /// was paid, because only then is it known that nothing was.
    /// </summary>
    /// <param name="from">The first day.</param>
    /// <param name="to">The first day that is not wanted.</param>
    public IEnumerable<BillFile> Files(DateOnly from, DateOnly to)
    {
        for (var day = from; day < to; day = day.AddDays(1))
        {
            foreach (var operatorId in Operators)
            {
                foreach (var provider in Providers)
                {
                    yield return File(new BillKey(operatorId, provider, day));
                }
            }
        }
    }

    private BillFile File(BillKey key)
    {
        List<BillLine> lines =
        [
            .. _lines[key].OrderBy(static line => line.Entry.AtUtc)
                .ThenBy(static line => line.Entry.MerchantOrderNumber, StringComparer.Ordinal),
        ];
        var fen = lines.Sum(static line =>
            line.Entry.Kind == BillEntryKind.Payment ? line.Entry.AmountFen : -line.Entry.AmountFen);
        return new BillFile(key, lines.Count, fen, key.Provider switch
        {
            PaymentMethod.WeChat => WeChatBill.Write(key, lines),
            PaymentMethod.Alipay => AlipayBill.Write(key, lines),
            PaymentMethod.UnionPay => UnionPayBill.Write(key, lines),
            _ => throw new ArgumentOutOfRangeException(nameof(key), key.Provider, "It has no bills."),
        });
    }
}
