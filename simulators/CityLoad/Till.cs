using System.Globalization;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>
/// Takes the money at one cabinet: names each transaction as its provider does, and keeps what the provider's bill will
/// say. Numbers of a load bear its mark. Not thread-safe.
/// </summary>
internal sealed class Till
{
    /// <summary>Longest time from the payment to the goods, in seconds.</summary>
    public const int MostSecondsToDeliver = 25;

    private const int LeastSecondsToDeliver = 3;

    private readonly Chance _chance;
    private readonly string _mark;

    /// <summary>The till of one cabinet.</summary>
    public Till(Chance chance, string mark)
    {
        _chance = chance;
        _mark = mark;
    }

    /// <summary>True when the way of paying has a provider whose bill is known.</summary>
    public static bool HasBill(PaymentMethod method) =>
        method is PaymentMethod.WeChat or PaymentMethod.Alipay or PaymentMethod.UnionPay;

    /// <summary>Takes a payment; without a bill's entry when there is no bill.</summary>
    /// <param name="payer">Who pays.</param>
    /// <param name="number">The event's number at the cabinet.</param>
    /// <param name="atUtc">When the goods fall.</param>
    /// <param name="fen">The amount.</param>
    /// <param name="goods">What the order names.</param>
    public (Payment Payment, BillEntry? Entry) Take(
        Payer payer, long number, DateTimeOffset atUtc, long fen, string goods)
    {
        var paidAt = atUtc.AddSeconds(-_chance.Between(LeastSecondsToDeliver, MostSecondsToDeliver));
        var payment = new Payment(payer.Method, $"M{_mark}-{number:0000000}", TransactionNumber(payer.Method, paidAt));
        return (payment, HasBill(payer.Method)
            ? new BillEntry
            {
                Provider = payer.Method,
                Kind = BillEntryKind.Payment,
                AtUtc = paidAt,
                TransactionNumber = payment.TransactionNumber,
                MerchantOrderNumber = payment.MerchantOrderNumber,
                AmountFen = fen,
                Buyer = payer.Name,
                Goods = goods,
            }
            : null);
    }

    /// <summary>Gives back money of a payment.</summary>
    /// <param name="payment">What was paid.</param>
    /// <param name="atUtc">When it goes back.</param>
    /// <param name="merchantNumber">The merchant's number of the refund.</param>
    /// <param name="fen">How much of it.</param>
    public BillEntry GiveBack(BillEntry payment, DateTimeOffset atUtc, string merchantNumber, long fen) => payment with
    {
        Kind = BillEntryKind.Refund,
        AtUtc = atUtc,
        AmountFen = fen,
        MerchantRefundNumber = merchantNumber,
        RefundNumber = payment.Provider switch
        {
            PaymentMethod.WeChat => $"5030{Digits(6)}{Moment(atUtc, "yyyyMMdd")}{Digits(10)}",
            // Alipay names a refund by the number that the merchant gave it.
            PaymentMethod.Alipay => merchantNumber,
            _ => TransactionNumber(payment.Provider, atUtc),
        },
    };

    private string TransactionNumber(PaymentMethod method, DateTimeOffset atUtc) => method switch
    {
        PaymentMethod.WeChat => $"4200{Digits(6)}{Moment(atUtc, "yyyyMMdd")}{Digits(10)}",
        PaymentMethod.Alipay => $"{Moment(atUtc, "yyyyMMdd")}2200{Digits(16)}",
        PaymentMethod.UnionPay => $"{Moment(atUtc, "yyyyMMddHHmmss")}{Digits(7)}",
        PaymentMethod.Card => Digits(12),
        _ => "",
    };

    private string Digits(int count)
    {
        var bits = _chance.NextBits();
        return bits.ToString("D20", CultureInfo.InvariantCulture)[^count..];
    }

    private static string Moment(DateTimeOffset atUtc, string format) =>
        atUtc.ToOffset(BusinessMonth.ShanghaiOffset).ToString(format, CultureInfo.InvariantCulture);
}
