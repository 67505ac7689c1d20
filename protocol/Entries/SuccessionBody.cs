using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Protocol.Entries;

/// <summary>Why a journal got a successor. The number is on the wire.</summary>
public enum SuccessionReason : byte
{
    /// <summary>The file failed its check or its chain.</summary>
    Corrupt = 1,

    /// <summary>The file is gone.</summary>
    Lost = 2,

    /// <summary>The service holds another history at a sequence number this journal used too.</summary>
    Fork = 3,

    /// <summary>The service's head is one this journal never reached: an older disk image was restored.</summary>
    RolledBack = 4,

    /// <summary>The journal belongs to another cabinet, or was succeeded already.</summary>
    NotOurs = 5,
}

/// <summary>
/// The first entry of a successor journal. Layout version 1: predecessor (16), last common seq (8) and hash (32),
/// reason (1), entries carried over (4), of these salvaged (4), detail (text).
/// </summary>
/// <param name="Predecessor">The journal that ended.</param>
/// <param name="LastCommon">
/// The last head that agent and service are known to share; entries after it are carried over.
/// </param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Carried">Entries carried over, right behind this one.</param>
/// <param name="Salvaged">Of these, entries from behind a corruption.</param>
/// <param name="Detail">What the check said; may be empty.</param>
public sealed record SuccessionBody(
    JournalId Predecessor, Head LastCommon, SuccessionReason Reason, uint Carried, uint Salvaged, string Detail)
    : EntryBody
{
    /// <inheritdoc/>
    public override EntryKind Kind => EntryKind.Succession;

    /// <inheritdoc/>
    public override void Write(ByteWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Journal(Predecessor);
        writer.Head(LastCommon);
        writer.U8((byte)Reason);
        writer.U32(Carried);
        writer.U32(Salvaged);
        writer.Text(Detail);
    }

    internal static SuccessionBody? Read(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var succession = new SuccessionBody(reader.Journal(), reader.Head(), (SuccessionReason)reader.U8(),
            reader.U32(), reader.U32(), reader.Text());
        return reader.AtEnd ? succession : null;
    }
}
