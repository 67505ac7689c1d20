using System.Security.Cryptography;
using System.Text;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Service.Enrolment;

/// <summary>
/// The proof that whoever enrols holds the private key: ECDSA P-256 over the SHA-256 of the UTF-8 text
/// <c>kioskfleet/enrol/v1\nTOKEN\nBASE64-SPKI</c>, 64 bytes r and s (IEEE P1363), in base64. Pure.
/// </summary>
internal static class EnrolmentProof
{
    /// <summary>Longest public key taken, in characters of base64; a P-256 key has 124.</summary>
    public const int MaxKeyLength = 256;

    /// <summary>The hash that is signed.</summary>
    public static byte[] HashToSign(string token, string publicKey) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"kioskfleet/enrol/v1\n{token}\n{publicKey}"));

    /// <summary>Checks key and proof; null when the key is no P-256 key or the proof does not fit.</summary>
    /// <returns>The SubjectPublicKeyInfo in DER.</returns>
    public static byte[]? Check(string token, string publicKey, string proof)
    {
        var spki = new byte[MaxKeyLength];
        Span<byte> signature = stackalloc byte[MessageSigner.SignatureSize + 2];
        if (publicKey.Length > MaxKeyLength || !Convert.TryFromBase64String(publicKey, spki, out var spkiLength)
            || !Convert.TryFromBase64String(proof, signature, out var signatureLength)
            || !MessageVerifier.TryImport(spki.AsSpan(0, spkiLength), out var verifier))
        {
            return null;
        }

        using (verifier)
        {
            return verifier.Verify(HashToSign(token, publicKey), signature[..signatureLength])
                ? spki[..spkiLength]
                : null;
        }
    }
}
