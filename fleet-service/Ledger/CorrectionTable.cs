using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ledger;

/// <summary>Why an entry counts otherwise than at commit. Stored by name.</summary>
internal enum CorrectionCause
{
    /// <summary>A quarantined entry was processed after all.</summary>
    Released,

    /// <summary>A change of the catalogue with effect in the past.</summary>
    Rejudged,
}

/// <summary>How the lines of an entry count since its last correction.</summary>
/// <param name="Classes">One class per line.</param>
/// <param name="CatalogueVersion">The catalogue it was judged by.</param>
internal readonly record struct CorrectedClasses(byte[] Classes, long CatalogueVersion);

/// <summary>
/// The append-only table of corrections, with the refunds that moved together with them. Belongs to one session.
/// </summary>
internal sealed class CorrectionTable(FleetConnection connection) : IDisposable
{
    private readonly Statement _insert = connection.Prepare("""
        INSERT INTO corrections (position, cause, aid_delta_fen, ordinary_delta_fen, unmapped_delta_fen, lines_delta,
                                 line_classes, catalogue_version, corrected_utc_ms, corrected_by)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        RETURNING correction_id
        """);

    private readonly Statement _classes = connection.Prepare("""
        SELECT line_classes, catalogue_version FROM corrections WHERE position = ?1 ORDER BY correction_id DESC LIMIT 1
        """);

    private readonly Statement _refund = connection.Prepare("""
        INSERT INTO corrected_refunds (correction_id, refund_position, class_before, class_after)
        VALUES (?1, ?2, ?3, ?4)
        """);

    /// <summary>Writes a correction; returns its id.</summary>
    /// <param name="position">The entry.</param>
    /// <param name="cause">Why.</param>
    /// <param name="change">Differences of amounts and lines.</param>
    /// <param name="lineClasses">One class per line, from now on.</param>
    /// <param name="catalogueVersion">The catalogue it was judged by.</param>
    /// <param name="made">When (Unix milliseconds UTC) and by whom.</param>
    public long Insert(
        long position, CorrectionCause cause, in ClassAmounts change, ReadOnlySpan<byte> lineClasses,
        long catalogueVersion, (long UtcMs, string By) made)
    {
        ReadOnlySpan<byte> lines = [(byte)(sbyte)change.LinesOf(ProductClass.Aid),
            (byte)(sbyte)change.LinesOf(ProductClass.Ordinary), (byte)(sbyte)change.LinesOf(ProductClass.Unmapped)];
        _insert.Set(1, position).Set(2, cause.ToString()).Set(3, change.AidFen).Set(4, change.OrdinaryFen)
            .Set(5, change.UnmappedFen).Set(6, lines).Set(7, lineClasses).Set(8, catalogueVersion)
            .Set(9, made.UtcMs).Set(10, made.By).Next();
        var id = _insert.Long(0);
        _insert.Reset();
        return id;
    }

    /// <summary>Writes that a refund moved to another class together with the sale line that it reverses.</summary>
    public void InsertRefund(long correctionId, long refundPosition, ProductClass before, ProductClass after) =>
        _refund.Set(1, correctionId).Set(2, refundPosition).Set(3, (long)before).Set(4, (long)after).Run();

    /// <summary>The classes of an entry's lines after its last correction; null when it was never corrected.</summary>
    public byte[]? ClassesOf(long position) => LastOf(position)?.Classes;

    /// <summary>An entry's last correction; null when it was never corrected.</summary>
    public CorrectedClasses? LastOf(long position)
    {
        _classes.Set(1, position);
        CorrectedClasses? last = _classes.Next()
            ? new CorrectedClasses(_classes.Bytes(0).ToArray(), _classes.Long(1))
            : null;
        _classes.Reset();
        return last;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _insert.Dispose();
        _classes.Dispose();
        _refund.Dispose();
    }
}
