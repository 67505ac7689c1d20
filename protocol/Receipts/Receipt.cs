using System.Diagnostics.CodeAnalysis;
using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Protocol.Receipts;

/// <summary>What the service did with a hello or batch. The number is on the wire.</summary>
public enum ReceiptOutcome : byte
{
    /// <summary>A hello was heard; the head says where to go on.</summary>
    Heard = 1,

    /// <summary>The batch's entries are committed in the ledger.</summary>
    Committed = 2,

    /// <summary>They were committed before: their hashes equal those stored.</summary>
    Duplicate = 3,

    /// <summary>The batch does not begin behind the head; go on from the head.</summary>
    Rewind = 4,

    /// <summary>Refused; see the refusal for the next step.</summary>
    Refused = 5,
}

/// <summary>Why a message was refused. Each value has one next step of the agent. The number is on the wire.</summary>
public enum Refusal : byte
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>
    /// Nobody registered this cabinet (a restored register): enrol again with the same key, then hello.
    /// </summary>
    UnknownCabinet = 1,

    /// <summary>The cabinet has no such key: enrol again with the current key, then hello.</summary>
    UnknownKey = 2,

    /// <summary>The signature does not fit the content: sign again with the current key.</summary>
    BadSignature = 3,

    /// <summary>More bytes or entries than the service takes now: halve the batch.</summary>
    TooLarge = 4,

    /// <summary>The ledger holds another history at the same numbers: begin a successor journal.</summary>
    Fork = 5,

    /// <summary>The entries do not lead to the stated head: begin a successor journal.</summary>
    BrokenChain = 6,

    /// <summary>The journal is another cabinet's, or was succeeded: begin a successor journal.</summary>
    NotYourJournal = 7,

    /// <summary>The message names another cabinet than the topic: hold, back off, hello.</summary>
    ForeignCabinet = 8,

    /// <summary>Not a message of a version known here: hold, back off, hello (the service may be updated).</summary>
    Malformed = 9,

    /// <summary>The service is overloaded or cannot reach its ledger: hold, back off, send again.</summary>
    Busy = 10,
}

/// <summary>
/// The service's answer to exactly one hello or batch; only this moves an agent's send position. Layout, little-endian:
/// <c>KFR1</c> (4), hash of the answered message (32), journal (16), outcome (1), refusal (1), head (8 + 32), server ms
/// (8), pace ms (4), entries per batch (2), wanted config version (text), detail (text).
/// </summary>
/// <param name="Answers">The hash that names the answered message.</param>
/// <param name="Journal">The journal of that message.</param>
/// <param name="Outcome">What was done.</param>
/// <param name="Refusal">Why it was refused, else <see cref="Refusal.None"/>.</param>
/// <param name="Head">The journal's present head in the ledger; meaningless when refused.</param>
/// <param name="ServerUtcMs">The service's clock, Unix milliseconds UTC.</param>
/// <param name="PaceMs">Milliseconds the agent waits before its next batch.</param>
/// <param name="MaxEntries">Most entries the service wants in a batch, 1 to 500.</param>
/// <param name="WantedConfigVersion">The config the cabinet should work by; empty when there is none.</param>
/// <param name="Detail">Words for a log; may be empty.</param>
public sealed record Receipt(
    Digest Answers, JournalId Journal, ReceiptOutcome Outcome, Refusal Refusal, Head Head, long ServerUtcMs,
    uint PaceMs, ushort MaxEntries, string WantedConfigVersion, string Detail)
{
    /// <summary>The bytes on the wire.</summary>
    public byte[] Encode()
    {
        var writer = new ByteWriter(160);
        writer.Bytes(MessageMagic.Receipt);
        writer.Digest(Answers);
        writer.Journal(Journal);
        writer.U8((byte)Outcome);
        writer.U8((byte)Refusal);
        writer.Head(Head);
        writer.I64(ServerUtcMs);
        writer.U32(PaceMs);
        writer.U16(MaxEntries);
        writer.Text(WantedConfigVersion);
        writer.Text(Detail);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a payload; false when it is not a receipt of this version.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, [NotNullWhen(true)] out Receipt? receipt)
    {
        receipt = null;
        if (payload.Length > Limits.MaxReceiptBytes)
        {
            return false;
        }

        var reader = new ByteReader(payload);
        if (!reader.Bytes(MessageMagic.Size).SequenceEqual(MessageMagic.Receipt))
        {
            return false;
        }

        var read = new Receipt(reader.Digest(), reader.Journal(), (ReceiptOutcome)reader.U8(), (Refusal)reader.U8(),
            reader.Head(), reader.I64(), reader.U32(), reader.U16(), reader.Text(), reader.Text());
        if (!reader.AtEnd || !Enum.IsDefined(read.Outcome) || !Enum.IsDefined(read.Refusal) || read.MaxEntries == 0
            || (read.Outcome == ReceiptOutcome.Refused) != (read.Refusal != Refusal.None))
        {
            return false;
        }

        receipt = read;
        return true;
    }
}
