using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Bills;

/// <summary>Whose bill it is, and of which day.</summary>
/// <param name="OperatorId">The operator: the merchant.</param>
/// <param name="Provider">WeChat, Alipay or UnionPay.</param>
/// <param name="Day">The bill's day in the provider's own count, Asia/Shanghai.</param>
internal readonly record struct BillKey(string OperatorId, PaymentMethod Provider, DateOnly Day);

/// <summary>A line of a bill with the terminal that it names.</summary>
/// <param name="Cabinet">The cabinet: merchants name their devices to the provider.</param>
/// <param name="Entry">What the provider knows.</param>
internal readonly record struct BillLine(CabinetId Cabinet, BillEntry Entry);

/// <summary>The file of a daily bill as the provider hands it out.</summary>
/// <param name="Key">Whose, and of which day.</param>
/// <param name="Lines">Payments and refunds in it.</param>
/// <param name="AmountFen">Payments less refunds, in fen.</param>
/// <param name="Bytes">The file.</param>
internal sealed record BillFile(BillKey Key, int Lines, long AmountFen, byte[] Bytes);
