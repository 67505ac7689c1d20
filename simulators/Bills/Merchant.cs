using System.Globalization;
using KioskFleet.Protocol.Amounts;
using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Bills;

/// <summary>What the bills of all providers share: a merchant's numbers, amounts, times and fees. Pure.</summary>
internal static class Merchant
{
    private const int FeeBasisPoints = 60;

    /// <summary>The rate of the fee as bills write it.</summary>
    public const string FeeRate = "0.60%";

    /// <summary>A number of so many digits that a provider gave an operator, always the same.</summary>
    /// <param name="operatorId">The operator.</param>
    /// <param name="prefix">How the provider's numbers begin.</param>
    /// <param name="digits">Digits in all.</param>
    public static string Number(string operatorId, string prefix, int digits)
    {
        var mixed = operatorId.Aggregate(Chance.Mix((ulong)digits), static (sum, letter) => Chance.Mix(sum + letter));
        return prefix + mixed.ToString("D20", CultureInfo.InvariantCulture)[^(digits - prefix.Length)..];
    }

    /// <summary>The fee on an amount in fen, rounded half up.</summary>
    public static long FeeFen(long fen) => (fen * FeeBasisPoints + 5_000) / 10_000;

    /// <summary>An amount in yuan with two decimals.</summary>
    public static string Yuan(long fen) => new Money(fen).ToString();

    /// <summary>A moment in Beijing time.</summary>
    public static string Time(DateTimeOffset utc) => utc.ToOffset(BusinessMonth.ShanghaiOffset)
        .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A day by a format.</summary>
    public static string Day(DateOnly day, string format) => day.ToString(format, CultureInfo.InvariantCulture);
}
