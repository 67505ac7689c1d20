using System.Numerics;
using System.Runtime.InteropServices;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Compares SKUs as UTF-8 bytes, so that a SKU is looked up straight from a received entry without making a string.
/// The hash is not secret: only the imported catalogue puts keys into a table. Stateless; thread-safe.
/// </summary>
internal sealed class SkuComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    /// <summary>The one instance.</summary>
    public static SkuComparer Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    /// <inheritdoc/>
    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    /// <inheritdoc/>
    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = (ulong)alternate.Length;
        while (alternate.Length >= sizeof(ulong))
        {
            hash = Mix(hash, MemoryMarshal.Read<ulong>(alternate));
            alternate = alternate[sizeof(ulong)..];
        }

        ulong rest = 0;
        foreach (var value in alternate)
        {
            rest = (rest << 8) | value;
        }

        hash = Mix(hash, rest);
        return (int)(hash >> 32) ^ (int)hash;
    }

    private static ulong Mix(ulong hash, ulong value) => (BitOperations.RotateLeft(hash, 23) ^ value) * Multiplier;
}
