using System.Diagnostics.CodeAnalysis;

namespace KioskFleet.Protocol.Identity;

/// <summary>
/// The identity of one installation's journal: 128 random bits made by the agent. A corrupt, lost or forked journal
/// gets a successor with an id of its own; an id is never used twice.
/// </summary>
/// <param name="Value">The 128 random bits.</param>
public readonly record struct JournalId(UInt128 Value) : IComparable<JournalId>
{
    /// <summary>Size in bytes.</summary>
    public const int Size = Id128.Size;

    /// <summary>Reads 16 bytes, big-endian.</summary>
    public static JournalId Read(ReadOnlySpan<byte> bytes) => new(Id128.Read(bytes));

    /// <summary>Writes 16 bytes, big-endian.</summary>
    public void Write(Span<byte> target) => Id128.Write(Value, target);

    /// <summary>Reads 32 hexadecimal digits; false when the text is something else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out JournalId id)
    {
        var parsed = Id128.TryParse(text, out var value);
        id = new JournalId(value);
        return parsed;
    }

    /// <summary>Reads 32 hexadecimal digits.</summary>
    /// <exception cref="FormatException">The text is not a journal id.</exception>
    public static JournalId Parse(string? text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not a journal id: it takes 32 hexadecimal digits.");

    /// <inheritdoc/>
    public int CompareTo(JournalId other) => Value.CompareTo(other.Value);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Id128.Format(Value);
}
