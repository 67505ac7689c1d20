using System.Diagnostics.CodeAnalysis;

namespace KioskFleet.Protocol.Identity;

/// <summary>
/// An administrative division code of GB/T 2260: six digits, the first not zero. The code says which place is meant;
/// whether the place exists in a city is answered by that city's data set.
/// </summary>
public readonly record struct CountyCode : IComparable<CountyCode>
{
    private readonly string? _value;

    private CountyCode(string value) => _value = value;

    /// <summary>The six digits; empty only for <c>default</c>.</summary>
    public string Value => _value ?? "";

    /// <summary>Reads a code; false when the text is not six digits with a first digit from 1 to 9.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CountyCode code)
    {
        code = default;
        if (text is not { Length: 6 } || text[0] == '0' || !text.All(char.IsAsciiDigit))
        {
            return false;
        }

        code = new CountyCode(text);
        return true;
    }

    /// <summary>Reads a code.</summary>
    /// <exception cref="FormatException">The text is not a code.</exception>
    public static CountyCode Parse(string? text) => TryParse(text, out var code)
        ? code
        : throw new FormatException($"'{text}' is not a county code: it takes the six digits of GB/T 2260.");

    /// <inheritdoc/>
    public int CompareTo(CountyCode other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
