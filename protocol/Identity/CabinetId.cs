using System.Diagnostics.CodeAnalysis;

namespace KioskFleet.Protocol.Identity;

/// <summary>
/// The identity of a cabinet: 1 to 32 characters of <c>A–Z a–z 0–9 - _</c>. It is a topic level, an MQTT user name and
/// a file name part, so nothing else is allowed. It never contains the county: cabinets move.
/// </summary>
public readonly record struct CabinetId : IComparable<CabinetId>
{
    /// <summary>The longest cabinet id, in characters.</summary>
    public const int MaxLength = 32;

    private readonly string? _value;

    private CabinetId(string value) => _value = value;

    /// <summary>The text of the id; empty only for <c>default</c>.</summary>
    public string Value => _value ?? "";

    /// <summary>Reads an id; false when the text is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CabinetId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_')
            {
                return false;
            }
        }

        id = new CabinetId(text);
        return true;
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is not a cabinet id.</exception>
    public static CabinetId Parse(string? text) => TryParse(text, out var id)
        ? id
        : throw new FormatException(
            $"'{text}' is not a cabinet id: it takes 1 to {MaxLength} characters of A-Z, a-z, 0-9, '-' and '_'.");

    /// <inheritdoc/>
    public int CompareTo(CabinetId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
