using System.Globalization;

namespace KioskFleet.Protocol.Amounts;

/// <summary>
/// An amount of money in whole fen (1/100 yuan) in a 64-bit integer. All arithmetic is checked:
/// an overflow throws <see cref="OverflowException"/> and never wraps. Immutable and thread-safe.
/// </summary>
/// <param name="Fen">The amount in fen; may be negative (refunds, balances).</param>
public readonly record struct Money(long Fen) : IComparable<Money>
{
    /// <summary>Zero fen.</summary>
    public static Money Zero => default;

    /// <summary>Adds two amounts; throws <see cref="OverflowException"/> when the sum does not fit.</summary>
    public static Money operator +(Money left, Money right) => new(checked(left.Fen + right.Fen));

    /// <summary>Subtracts; throws <see cref="OverflowException"/> when the difference does not fit.</summary>
    public static Money operator -(Money left, Money right) => new(checked(left.Fen - right.Fen));

    /// <summary>Negates; throws <see cref="OverflowException"/> for the smallest amount.</summary>
    public static Money operator -(Money value) => new(checked(-value.Fen));

    /// <summary>Multiplies by a count; throws <see cref="OverflowException"/> when the product does not fit.</summary>
    public static Money operator *(Money value, long count) => new(checked(value.Fen * count));

    /// <summary>True when the left amount is smaller.</summary>
    public static bool operator <(Money left, Money right) => left.Fen < right.Fen;

    /// <summary>True when the left amount is larger.</summary>
    public static bool operator >(Money left, Money right) => left.Fen > right.Fen;

    /// <summary>True when the left amount is smaller or equal.</summary>
    public static bool operator <=(Money left, Money right) => left.Fen <= right.Fen;

    /// <summary>True when the left amount is larger or equal.</summary>
    public static bool operator >=(Money left, Money right) => left.Fen >= right.Fen;

    /// <inheritdoc/>
    public int CompareTo(Money other) => Fen.CompareTo(other.Fen);

    /// <summary>The amount in yuan with two decimals, for people: <c>12.30</c>. Exact; no floating point.</summary>
    public override string ToString()
    {
        var magnitude = Int128.Abs(Fen);
        return string.Create(
            CultureInfo.InvariantCulture, $"{(Fen < 0 ? "-" : "")}{magnitude / 100}.{magnitude % 100:00}");
    }

    /// <summary>
    /// Reads yuan written in decimal with at most two decimals (<c>3</c>, <c>3.5</c>, <c>-0.80</c>).
    /// Exact; rejects exponents, thousands separators, a third decimal and values outside 64-bit fen.
    /// </summary>
    public static bool TryParseYuan(ReadOnlySpan<char> text, out Money money)
    {
        money = default;
        text = text.Trim();
        var negative = text.StartsWith("-");
        if (negative)
        {
            text = text[1..];
        }

        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var decimals = point < 0 ? [] : text[(point + 1)..];
        if (whole.IsEmpty || decimals.Length > 2 || (point >= 0 && decimals.IsEmpty))
        {
            return false;
        }

        Int128 fen = 0;
        foreach (var digit in whole)
        {
            if (!char.IsAsciiDigit(digit) || fen > long.MaxValue)
            {
                return false;
            }

            fen = fen * 10 + (digit - '0');
        }

        for (var i = 0; i < 2; i++)
        {
            if (i < decimals.Length && !char.IsAsciiDigit(decimals[i]))
            {
                return false;
            }

            fen = fen * 10 + (i < decimals.Length ? decimals[i] - '0' : 0);
        }

        fen = negative ? -fen : fen;
        if (fen < long.MinValue || fen > long.MaxValue)
        {
            return false;
        }

        money = new Money((long)fen);
        return true;
    }

    /// <summary>
    /// Splits this amount over weights by largest remainder: the parts sum exactly to this amount and each part
    /// differs from its exact share by less than one fen. Ties go to the earlier weight.
    /// </summary>
    /// <param name="weights">Non-negative weights, at least one of them positive.</param>
    /// <exception cref="ArgumentException">A weight is negative, or all are zero.</exception>
    public Money[] SplitByLargestRemainder(ReadOnlySpan<long> weights)
    {
        Int128 sum = 0;
        foreach (var weight in weights)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(weight, nameof(weights));
            sum += weight;
        }

        if (sum == 0)
        {
            throw new ArgumentException("At least one weight must be positive.", nameof(weights));
        }

        var parts = new Money[weights.Length];
        var remainders = new (Int128 Remainder, int Index)[weights.Length];
        var left = Int128.Abs(Fen);
        var magnitude = left;
        var sign = Fen < 0 ? -1 : 1;
        for (var i = 0; i < weights.Length; i++)
        {
            var (quotient, remainder) = Int128.DivRem(magnitude * weights[i], sum);
            parts[i] = new Money((long)(sign * quotient));
            remainders[i] = (remainder, i);
            left -= quotient;
        }

        Array.Sort(remainders, static (a, b) => a.Remainder == b.Remainder
            ? a.Index.CompareTo(b.Index)
            : b.Remainder.CompareTo(a.Remainder));
        for (var i = 0; i < (int)left; i++)
        {
            var index = remainders[i].Index;
            parts[index] = new Money(parts[index].Fen + sign);
        }

        return parts;
    }
}
