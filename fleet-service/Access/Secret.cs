using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace KioskFleet.Service.Access;

/// <summary>
/// A secret made here: 32 random bytes as 43 characters of base64url. It has so much entropy that one SHA-256 is enough
/// to store it by; nobody can guess backwards.
/// </summary>
internal static class Secret
{
    /// <summary>Random bytes of a secret.</summary>
    public const int Bytes = 32;

    /// <summary>Makes a secret.</summary>
    public static string Make() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What is stored of a secret.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>What is stored of a secret given as UTF-8.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);
}
