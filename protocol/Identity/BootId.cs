using System.Diagnostics.CodeAnalysis;

namespace KioskFleet.Protocol.Identity;

/// <summary>
/// The identity of one boot of the cabinet's computer. Monotonic times are comparable within one boot only.
/// </summary>
/// <param name="Value">The 128 random bits.</param>
public readonly record struct BootId(UInt128 Value) : IComparable<BootId>
{
    /// <summary>Size in bytes.</summary>
    public const int Size = Id128.Size;

    /// <summary>Reads 16 bytes, big-endian.</summary>
    public static BootId Read(ReadOnlySpan<byte> bytes) => new(Id128.Read(bytes));

    /// <summary>Writes 16 bytes, big-endian.</summary>
    public void Write(Span<byte> target) => Id128.Write(Value, target);

    /// <summary>Reads 32 hexadecimal digits; false when the text is something else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BootId id)
    {
        var parsed = Id128.TryParse(text, out var value);
        id = new BootId(value);
        return parsed;
    }

    /// <summary>Reads 32 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is not a boot id.</exception>
    public static BootId Parse(string? text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not a boot id: it takes 32 hexadecimal digits.");

    /// <inheritdoc/>
    public int CompareTo(BootId other) => Value.CompareTo(other.Value);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Id128.Format(Value);
}
