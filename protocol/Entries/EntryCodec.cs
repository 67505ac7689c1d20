using KioskFleet.Protocol.Encoding;

namespace KioskFleet.Protocol.Entries;

/// <summary>Puts header and body together into the canonical bytes of an entry, and takes them apart.</summary>
public static class EntryCodec
{
    /// <summary>The canonical bytes of an entry.</summary>
    /// <param name="seq">Its number in the journal, from 1.</param>
    /// <param name="time">When it was recorded.</param>
    /// <param name="body">What it says.</param>
    /// <param name="marks">Marks; <see cref="EntryMarks.Carried"/> exactly when there is an origin.</param>
    /// <param name="origin">For a carried entry, where it was recorded first.</param>
    public static byte[] Encode(
        ulong seq, EntryTime time, EntryBody body, EntryMarks marks = EntryMarks.None, EntryOrigin? origin = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var writer = new ByteWriter();
        body.Write(writer);
        return Encode(new EntryHeader(body.Kind, marks, EntryBody.Version, seq, time, origin), writer.Written);
    }

    /// <summary>
    /// The canonical bytes of an entry whose body is bytes already, perhaps of a kind not known here.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// Marks and origin contradict each other, or the entry is too large.
    /// </exception>
    public static byte[] Encode(in EntryHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Origin.HasValue != header.Marks.HasFlag(EntryMarks.Carried))
        {
            throw new ArgumentException("A carried entry has an origin, and no other has.", nameof(header));
        }

        var writer = new ByteWriter(EntryHeader.FixedSize + 24 + body.Length);
        header.Write(writer, body.Length);
        writer.Bytes(body);
        if (writer.Length > Limits.MaxEntryBytes)
        {
            throw new ArgumentException($"An entry of {writer.Length} bytes is larger than {Limits.MaxEntryBytes}.",
                nameof(body));
        }

        return writer.Written.ToArray();
    }

    /// <summary>Reads header and body; false, with the reason, when the entry cannot be understood here.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> entry, out EntryHeader header, out EntryBody? body, out QuarantineReason reason)
    {
        body = null;
        if (!EntryHeader.TryRead(entry, out header, out var bodyBytes))
        {
            reason = QuarantineReason.UnreadableHeader;
            return false;
        }

        if (!Enum.IsDefined(header.Kind) || header.BodyVersion != EntryBody.Version)
        {
            reason = QuarantineReason.UnknownKind;
            return false;
        }

        body = EntryBody.Read(header.Kind, header.BodyVersion, bodyBytes);
        reason = body is null ? QuarantineReason.UnreadableBody : EntryRules.Check(body);
        return reason == QuarantineReason.None;
    }
}
