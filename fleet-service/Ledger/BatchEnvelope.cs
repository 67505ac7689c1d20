using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Service.Ledger;

/// <summary>A signed batch's bytes before its entries, as they are stored. Pure.</summary>
internal static class BatchEnvelope
{
    /// <summary>The head that the message states as the one before its entries; null when it cannot be read.</summary>
    public static Head? HeadBefore(ReadOnlySpan<byte> envelope)
    {
        var reader = new ByteReader(envelope);
        reader.Bytes(MessageMagic.Size);
        reader.TextBytes();
        reader.Journal();
        reader.U64();
        if (reader.U8() == 1)
        {
            reader.Head();
        }

        var head = reader.Head();
        return reader.Failed ? null : head;
    }
}
