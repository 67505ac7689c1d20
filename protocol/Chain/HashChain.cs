using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Chain;

/// <summary>
/// The hash chain of a journal: the hash of an entry is SHA-256 of the previous hash (32 bytes) followed by the entry's
/// canonical bytes, header and body. The first entry's previous hash is <see cref="Head.Genesis"/>.
/// Keeps one scratch buffer, so not thread-safe.
/// </summary>
public sealed class HashChain
{
    private byte[] _scratch = new byte[1024];

    /// <summary>The hash of an entry.</summary>
    public Digest Next(Digest previous, ReadOnlySpan<byte> entry)
    {
        var length = Digest.Size + entry.Length;
        if (_scratch.Length < length)
        {
            _scratch = new byte[length * 2];
        }

        previous.Write(_scratch);
        entry.CopyTo(_scratch.AsSpan(Digest.Size));
        return Digest.Of(_scratch.AsSpan(0, length));
    }
}
