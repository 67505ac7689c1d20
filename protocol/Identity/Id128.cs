using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace KioskFleet.Protocol.Identity;

/// <summary>
/// Reading and writing of the random 128-bit identifiers: 16 bytes big-endian, 32 lower-case hex digits.
/// </summary>
internal static class Id128
{
    internal const int Size = 16;

    internal static UInt128 Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);

    internal static void Write(UInt128 value, Span<byte> target) =>
        BinaryPrimitives.WriteUInt128BigEndian(target, value);

    internal static string Format(UInt128 value) => value.ToString("x32", CultureInfo.InvariantCulture);

    internal static bool TryParse([NotNullWhen(true)] string? text, out UInt128 value)
    {
        value = default;
        return text is { Length: 32 }
            && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
