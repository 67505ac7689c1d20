using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace KioskFleet.Protocol.Signing;

/// <summary>
/// Verifies a cabinet's signatures. Importing a key costs more than a verification: keep this object.
/// </summary>
public sealed class MessageVerifier : IDisposable
{
    private readonly ECDsa _key;

    private MessageVerifier(ECDsa key, KeyId keyId)
    {
        _key = key;
        KeyId = keyId;
    }

    /// <summary>The name of the key.</summary>
    public KeyId KeyId { get; }

    /// <summary>Reads a public key; false when the bytes are not a P-256 key.</summary>
    public static bool TryImport(
        ReadOnlySpan<byte> subjectPublicKeyInfo, [NotNullWhen(true)] out MessageVerifier? verifier)
    {
        verifier = null;
        var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out var read);
            if (read == subjectPublicKeyInfo.Length && key.KeySize == 256)
            {
                verifier = new MessageVerifier(key, KeyId.Of(subjectPublicKeyInfo));
                return true;
            }
        }
        catch (CryptographicException)
        {
            key.Dispose();
            return false;
        }

        key.Dispose();
        return false;
    }

    /// <summary>True when the signature is this key's over the hash. Safe to call from one thread at a time.</summary>
    public bool Verify(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        signature.Length == MessageSigner.SignatureSize
        && _key.VerifyHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
