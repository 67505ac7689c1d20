using KioskFleet.Protocol.Encoding;

namespace KioskFleet.Protocol.Entries;

/// <summary>
/// What an entry says. A closed set: <see cref="SaleBody"/>, <see cref="RefundBody"/>, <see cref="NonSaleBody"/>,
/// <see cref="OutcomeBody"/>, <see cref="SuccessionBody"/>, <see cref="GapBody"/>. Immutable.
/// </summary>
public abstract record EntryBody
{
    /// <summary>The version of the body layouts that this code writes.</summary>
    public const byte Version = 1;

    /// <summary>The kind in the header.</summary>
    public abstract EntryKind Kind { get; }

    /// <summary>Writes the canonical bytes. Values outside <see cref="Limits"/> throw; check them before.</summary>
    public abstract void Write(ByteWriter writer);

    /// <summary>
    /// Reads a body; null when the kind or the version is not known here, or when the bytes are not that body.
    /// </summary>
    public static EntryBody? Read(EntryKind kind, byte version, ReadOnlySpan<byte> body) => version != Version
        ? null
        : kind switch
        {
            EntryKind.Sale => SaleBody.Read(body),
            EntryKind.Refund => RefundBody.Read(body),
            EntryKind.NonSale => NonSaleBody.Read(body),
            EntryKind.Outcome => OutcomeBody.Read(body),
            EntryKind.Succession => SuccessionBody.Read(body),
            EntryKind.Gap => GapBody.Read(body),
            _ => null,
        };
}
