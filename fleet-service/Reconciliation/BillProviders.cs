using KioskFleet.Protocol.Entries;

namespace KioskFleet.Service.Reconciliation;

/// <summary>The payment methods whose providers hand out bills. Pure.</summary>
internal static class BillProviders
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<PaymentMethod> All { get; } =
        [PaymentMethod.WeChat, PaymentMethod.Alipay, PaymentMethod.UnionPay];

    /// <summary>True when a sale paid so must be on a bill.</summary>
    public static bool HasBills(PaymentMethod method) => All.Contains(method);

    /// <summary>Reads a provider's word, in any case; null when it is none.</summary>
    public static PaymentMethod? Parse(string? text)
    {
        foreach (var provider in All)
        {
            if (provider.ToString().Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return provider;
            }
        }

        return null;
    }
}
