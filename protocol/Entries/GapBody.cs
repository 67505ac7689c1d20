using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Entries;

/// <summary>
/// The agent's word that entries the service asks for are no longer on this cabinet: the ledger was restored from a
/// backup older than the cabinet's retention. Layout version 1: first missing seq (8), last missing seq (8), the
/// service's head's hash (32), hash of the last missing entry (32).
/// </summary>
/// <param name="FirstMissing">First sequence number that is gone.</param>
/// <param name="LastMissing">Last sequence number that is gone.</param>
/// <param name="BaseHash">The hash the service stated for the entry before the first missing one.</param>
/// <param name="LastMissingHash">The hash of the last missing entry, from which the retained chain goes on.</param>
public sealed record GapBody(ulong FirstMissing, ulong LastMissing, Digest BaseHash, Digest LastMissingHash)
    : EntryBody
{
    /// <inheritdoc/>
    public override EntryKind Kind => EntryKind.Gap;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.U64(FirstMissing);
        writer.U64(LastMissing);
        writer.Digest(BaseHash);
        writer.Digest(LastMissingHash);
    }

    internal static GapBody? Read(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var gap = new GapBody(reader.U64(), reader.U64(), reader.Digest(), reader.Digest());
        return reader.AtEnd ? gap : null;
    }
}
