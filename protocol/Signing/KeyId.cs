using System.Buffers.Binary;
using System.Globalization;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Signing;

/// <summary>Names a public key: the first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo.</summary>
/// <param name="Value">The 8 bytes, big-endian.</param>
public readonly record struct KeyId(ulong Value)
{
    /// <summary>The id of a key.</summary>
    /// <param name="subjectPublicKeyInfo">The public key in DER.</param>
    public static KeyId Of(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        Digest.Of(subjectPublicKeyInfo).Write(hash);
        return new KeyId(BinaryPrimitives.ReadUInt64BigEndian(hash));
    }

    /// <summary>16 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
