using System.Security.Cryptography;

namespace KioskFleet.Protocol.Signing;

/// <summary>
/// Signs messages with a cabinet's private key: ECDSA over NIST P-256 with SHA-256, 64 bytes r and s (IEEE P1363).
/// Not thread-safe.
/// </summary>
public sealed class MessageSigner : IDisposable
{
    /// <summary>Size of a signature in bytes.</summary>
    public const int SignatureSize = 64;

    private readonly ECDsa _key;

    /// <summary>Takes over a private key.</summary>
    /// <exception cref="CryptographicException">The key is not on P-256.</exception>
    public MessageSigner(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.KeySize != 256)
        {
            throw new CryptographicException($"A cabinet's key is on NIST P-256; this one has {key.KeySize} bits.");
        }

        _key = key;
        PublicKey = key.ExportSubjectPublicKeyInfo();
        KeyId = KeyId.Of(PublicKey);
    }

    /// <summary>The public key as SubjectPublicKeyInfo in DER.</summary>
    public byte[] PublicKey { get; }

    /// <summary>The name of the key.</summary>
    public KeyId KeyId { get; }

    /// <summary>Signs the SHA-256 of a message.</summary>
    public void Sign(ReadOnlySpan<byte> hash, Span<byte> signature)
    {
        if (!_key.TrySignHash(hash, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out var written)
            || written != SignatureSize)
        {
            throw new CryptographicException("The message could not be signed.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();
}
