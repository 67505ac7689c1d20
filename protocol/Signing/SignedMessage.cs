using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Signing;

/// <summary>A signed message as it goes over the wire.</summary>
/// <param name="Payload">The bytes, signature included.</param>
/// <param name="Hash">SHA-256 of everything before the signature: what a receipt names it by.</param>
public readonly record struct SignedMessage(ReadOnlyMemory<byte> Payload, Digest Hash)
{
    /// <summary>Signs what a writer holds.</summary>
    internal static SignedMessage Sign(ByteWriter writer, MessageSigner signer)
    {
        var hash = Digest.Of(writer.Written);
        Span<byte> hashBytes = stackalloc byte[Digest.Size];
        hash.Write(hashBytes);
        Span<byte> signature = stackalloc byte[MessageSigner.SignatureSize];
        signer.Sign(hashBytes, signature);
        writer.Bytes(signature);
        return new SignedMessage(writer.Written.ToArray(), hash);
    }

    /// <summary>
    /// The hash by which a receipt names a received message; all zero when it is too short to be signed.
    /// </summary>
    public static Digest HashOf(ReadOnlySpan<byte> payload) => payload.Length <= MessageSigner.SignatureSize
        ? default
        : Digest.Of(payload[..^MessageSigner.SignatureSize]);

    /// <summary>True when the payload ends in a signature of its content by this key.</summary>
    public static bool Verify(ReadOnlySpan<byte> payload, Digest hash, MessageVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        if (payload.Length <= MessageSigner.SignatureSize)
        {
            return false;
        }

        Span<byte> hashBytes = stackalloc byte[Digest.Size];
        hash.Write(hashBytes);
        return verifier.Verify(hashBytes, payload[^MessageSigner.SignatureSize..]);
    }
}
