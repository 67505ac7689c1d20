using System.Diagnostics.CodeAnalysis;
using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Protocol.Presence;

/// <summary>
/// Whether a cabinet is connected: kept by the broker (retained), written by the cabinet when its session begins and
/// with every hello, and by the broker as the cabinet's last will when the session ends. It is not signed: it is for
/// looking, never for judging. Layout, little-endian: <c>KFP1</c> (4), state (1: 0 offline, 1 online), session (8),
/// wall clock of the session's begin (8).
/// </summary>
/// <param name="Online">True while the session lasts.</param>
/// <param name="Session">
/// The session's number: greater than that of every session of this cabinet before, so that the word of an older one
/// that comes late is told from that of a newer one. At least 1.
/// </param>
/// <param name="BegunWallUtcMs">When the session began, by the cabinet's own clock; Unix milliseconds UTC.</param>
public sealed record PresenceNote(bool Online, ulong Session, long BegunWallUtcMs)
{
    /// <summary>Size in bytes.</summary>
    public const int Size = MessageMagic.Size + 1 + 8 + 8;

    /// <summary>The bytes on the wire.</summary>
    public byte[] Encode()
    {
        var writer = new ByteWriter(Size);
        writer.Bytes(MessageMagic.Presence);
        writer.U8(Online ? (byte)1 : (byte)0);
        writer.U64(Session);
        writer.I64(BegunWallUtcMs);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a payload; false when it is not a presence of this version.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out PresenceNote? note)
    {
        note = null;
        var reader = new ByteReader(payload);
        if (payload.Length != Size || !reader.Bytes(MessageMagic.Size).SequenceEqual(MessageMagic.Presence))
        {
            return false;
        }

        var (state, session, begun) = (reader.U8(), reader.U64(), reader.I64());
        if (state > 1 || session is 0 or > long.MaxValue)
        {
            return false;
        }

        note = new PresenceNote(state == 1, session, begun);
        return true;
    }

    /// <summary>
    /// The number of a session that begins: greater than the last one, and not behind the clock, so that it also grows
    /// over a lost disk. Pure.
    /// </summary>
    /// <param name="last">The last session's number as it was kept; 0 when there was none.</param>
    /// <param name="wallUtcMs">The cabinet's clock, Unix milliseconds UTC.</param>
    public static ulong NextSession(ulong last, long wallUtcMs) =>
        Math.Min(long.MaxValue, Math.Max(last + 1, (ulong)Math.Max(1, wallUtcMs)));
}
