using System.Diagnostics.CodeAnalysis;
using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Protocol.Hellos;

/// <summary>A journal's own sums, provisional until its backlog is committed. Amounts in fen.</summary>
/// <param name="SalesFen">Paid amounts of all sales of the journal.</param>
/// <param name="RefundsFen">Refunds, positive.</param>
/// <param name="Sales">Number of sales.</param>
public readonly record struct RunningSums(long SalesFen, long RefundsFen, long Sales);

/// <summary>
/// What an agent says on every connect and every ten minutes: who it is, where its journal stands. Signed. The tail is
/// the witness for entries that are not committed yet. Layout, little-endian: <c>KFH1</c> (4), cabinet (text), journal
/// (16), key id (8), boot (16), monotonic ms (8), wall ms (8), tail head (40), committed head (40), oldest retained seq
/// (8), backlog (8), oldest unsent wall ms (8), sales fen (8), refunds fen (8), sales count (8), closed mark (1),
/// applied config version (text), agent version (text); then the signature (64).
/// </summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Journal">The journal spoken for.</param>
/// <param name="Key">The key that signs.</param>
/// <param name="Boot">The boot that speaks.</param>
/// <param name="MonotonicMs">Its monotonic clock, in milliseconds: orders the hellos of one boot.</param>
/// <param name="WallUtcMs">Its wall clock, Unix milliseconds UTC, as it is.</param>
/// <param name="Tail">The journal's last entry.</param>
/// <param name="Committed">The last head of which the service said that it is committed.</param>
/// <param name="OldestRetainedSeq">The first entry still on the cabinet; tail + 1 when there is none.</param>
/// <param name="Backlog">Entries not yet committed.</param>
/// <param name="OldestUnsentWallUtcMs">Wall clock of the oldest of these; 0 when there is none.</param>
/// <param name="Sums">The journal's own sums.</param>
/// <param name="Closed">True for a predecessor journal that is only refilled, never written.</param>
/// <param name="AppliedConfigVersion">The config the cabinet works by; empty when it never heard one.</param>
/// <param name="AgentVersion">The agent's own version.</param>
public sealed record Hello(
    CabinetId Cabinet, JournalId Journal, KeyId Key, BootId Boot, long MonotonicMs, long WallUtcMs, Head Tail,
    Head Committed, ulong OldestRetainedSeq, ulong Backlog, long OldestUnsentWallUtcMs, RunningSums Sums, bool Closed,
    string AppliedConfigVersion, string AgentVersion)
{
    /// <summary>Writes and signs the hello.</summary>
    public SignedMessage Sign(MessageSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var writer = new ByteWriter();
        writer.Bytes(MessageMagic.Hello);
        writer.Text(Cabinet.Value);
        writer.Journal(Journal);
        writer.U64(Key.Value);
        writer.Boot(Boot);
        writer.I64(MonotonicMs);
        writer.I64(WallUtcMs);
        writer.Head(Tail);
        writer.Head(Committed);
        writer.U64(OldestRetainedSeq);
        writer.U64(Backlog);
        writer.I64(OldestUnsentWallUtcMs);
        writer.I64(Sums.SalesFen);
        writer.I64(Sums.RefundsFen);
        writer.I64(Sums.Sales);
        writer.U8(Closed ? (byte)1 : (byte)0);
        writer.Text(AppliedConfigVersion);
        writer.Text(AgentVersion);
        return SignedMessage.Sign(writer, signer);
    }

    /// <summary>
    /// Reads a payload without verifying its signature; false when it is not a hello of this version.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out Hello? hello)
    {
        hello = null;
        if (payload.Length <= MessageSigner.SignatureSize || payload.Length > Limits.MaxHelloBytes)
        {
            return false;
        }

        var reader = new ByteReader(payload[..^MessageSigner.SignatureSize]);
        if (!reader.Bytes(MessageMagic.Size).SequenceEqual(MessageMagic.Hello)
            || !CabinetId.TryParse(reader.Text(), out var cabinet))
        {
            return false;
        }

        var read = new Hello(cabinet, reader.Journal(), new KeyId(reader.U64()), reader.Boot(), reader.I64(),
            reader.I64(), reader.Head(), reader.Head(), reader.U64(), reader.U64(), reader.I64(),
            new RunningSums(reader.I64(), reader.I64(), reader.I64()), ReadMark(ref reader), reader.Text(),
            reader.Text());
        hello = reader.AtEnd ? read : null;
        return reader.AtEnd;
    }

    /// <summary>A mark is 0 or 1: one value has one encoding.</summary>
    private static bool ReadMark(ref ByteReader reader)
    {
        var mark = reader.U8();
        if (mark > 1)
        {
            reader.Fail();
        }

        return mark == 1;
    }
}
