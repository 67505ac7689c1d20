using System.Globalization;
using System.IO.Compression;
using KioskFleet.Service.Policies;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Compliance;

/// <summary>An edition that is to be written.</summary>
/// <param name="Window">The window.</param>
/// <param name="Seal">The seal, not yet written.</param>
/// <param name="ChangesJson">Figures that differ from the edition before, or null.</param>
internal sealed record NewEdition(JudgingWindow Window, EditionSeal Seal, string? ChangesJson);

/// <summary>
/// The table of editions. Reading opens its own connection; writing joins the caller's transaction. Thread-safe.
/// </summary>
internal sealed class EditionStore(FleetDatabase database)
{
    private const string Columns = """
        edition_id, window_name, from_day, to_day, number, provisional, made_utc_ms, made_by, content_sha256,
        figures_sha256, seal_sha256, changes
        """;

    /// <summary>The newest edition of a window; null when there is none.</summary>
    public Edition? Newest(JudgingWindow window)
    {
        using var connection = database.OpenReader();
        return Newest(connection, window);
    }

    /// <summary>The newest edition of a window as the caller's transaction sees it.</summary>
    public static Edition? Newest(FleetConnection connection, JudgingWindow window)
    {
        using var query = connection.Prepare($"""
            SELECT {Columns} FROM editions WHERE window_name = ?1 AND from_day = ?2 AND to_day = ?3
            ORDER BY number DESC LIMIT 1
            """);
        query.Set(1, window.Name).Set(2, Day(window.From)).Set(3, Day(window.To));
        return query.Next() ? Read(query) : null;
    }

    /// <summary>One edition; null when there is none.</summary>
    public Edition? Find(long editionId)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"SELECT {Columns} FROM editions WHERE edition_id = ?1");
        return query.Set(1, editionId).Next() ? Read(query) : null;
    }

    /// <summary>Editions, newest first.</summary>
    /// <param name="windowName">Of windows with this name, or null for all.</param>
    /// <param name="before">Only those with a smaller number, or null.</param>
    /// <param name="count">At most so many, up to <see cref="ComplianceLimits.MaxEditions"/>.</param>
    public IReadOnlyList<Edition> List(string? windowName, long? before, int count)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"""
            SELECT {Columns} FROM editions WHERE (?1 = '' OR window_name = ?1) AND edition_id < ?2
            ORDER BY edition_id DESC LIMIT ?3
            """);
        query.Set(1, windowName ?? "").Set(2, before ?? long.MaxValue)
            .Set(3, (long)Math.Clamp(count, 1, ComplianceLimits.MaxEditions));
        return ReadAll(query);
    }

    /// <summary>The newest edition of every window that has one.</summary>
    public IReadOnlyList<Edition> NewestOfEach()
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"""
            SELECT {Columns} FROM editions e WHERE NOT EXISTS (
              SELECT 1 FROM editions l WHERE l.window_name = e.window_name AND l.from_day = e.from_day
                AND l.to_day = e.to_day AND l.number > e.number)
            ORDER BY edition_id
            """);
        return ReadAll(query);
    }

    /// <summary>The first later edition of the same window with other figures; null when there is none.</summary>
    public Edition? Correction(Edition edition)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare($"""
            SELECT {Columns} FROM editions WHERE window_name = ?1 AND from_day = ?2 AND to_day = ?3 AND number > ?4
              AND figures_sha256 <> ?5
            ORDER BY number LIMIT 1
            """);
        query.Set(1, edition.Window.Name).Set(2, Day(edition.Window.From)).Set(3, Day(edition.Window.To))
            .Set(4, (long)edition.Number).Set(5, edition.FiguresSha256);
        return query.Next() ? Read(query) : null;
    }

    /// <summary>The sealed bytes of an edition; null when there is none.</summary>
    public byte[]? Content(long editionId)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("SELECT content FROM editions WHERE edition_id = ?1");
        return query.Set(1, editionId).Next() ? Unpack(query.Bytes(0)) : null;
    }

    /// <summary>The seal's canonical bytes; null when there is none.</summary>
    public byte[]? Seal(long editionId)
    {
        using var connection = database.OpenReader();
        using var query = connection.Prepare("SELECT seal FROM editions WHERE edition_id = ?1");
        return query.Set(1, editionId).Next() ? query.Bytes(0).ToArray() : null;
    }

    /// <summary>The seal made last, of whatever window; null before the first.</summary>
    public static string? LastSeal(FleetConnection connection)
    {
        using var query = connection.Prepare("SELECT seal_sha256 FROM editions ORDER BY edition_id DESC LIMIT 1");
        return query.Next() ? query.Text(0) : null;
    }

    /// <summary>The ledger's generation as the caller's transaction sees it.</summary>
    public static string Generation(FleetConnection connection)
    {
        using var query = connection.Prepare("SELECT generation FROM ledger_generation ORDER BY number DESC LIMIT 1");
        return query.Next() ? query.Text(0) : "";
    }

    /// <summary>Writes an edition inside the caller's transaction.</summary>
    public static Edition Insert(FleetConnection connection, NewEdition edition)
    {
        var (window, seal) = (edition.Window, edition.Seal);
        var (bytes, sha256) = seal.Write();
        using var insert = connection.Prepare($"""
            INSERT INTO editions (window_name, from_day, to_day, number, provisional, made_utc_ms, made_by,
                                  content_sha256, figures_sha256, seal, seal_sha256, content, changes)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) RETURNING {Columns}
            """);
        insert.Set(1, window.Name).Set(2, Day(window.From)).Set(3, Day(window.To)).Set(4, (long)seal.Number)
            .Set(5, seal.Provisional ? 1L : 0L).Set(6, seal.Made.UtcMs).Set(7, seal.Made.By)
            .Set(8, seal.Content.Sha256).Set(9, seal.Content.FiguresSha256).Set(10, bytes).Set(11, sha256)
            .Set(12, Pack(seal.Content.Bytes.Span));
        if (edition.ChangesJson is { } changes)
        {
            insert.Set(13, changes);
        }
        else
        {
            insert.SetNull(13);
        }

        insert.Next();
        return Read(insert);
    }

    private static string Day(DateOnly day) => PolicyJson.Day(day)!;

    private static List<Edition> ReadAll(Statement rows)
    {
        var editions = new List<Edition>();
        while (rows.Next())
        {
            editions.Add(Read(rows));
        }

        return editions;
    }

    private static Edition Read(Statement row) => new(
        row.Long(0), new JudgingWindow(row.Text(1), ReadDay(row.Text(2)), ReadDay(row.Text(3))), (int)row.Long(4),
        row.Long(5) != 0, row.Long(6), row.Text(7), row.Text(8), row.Text(9), row.Text(10),
        row.IsNull(11) ? null : row.Text(11));

    private static DateOnly ReadDay(string text) =>
        DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static byte[] Pack(ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        using var content = new MemoryStream();
        using var brotli = new BrotliStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        brotli.CopyTo(content);
        return content.ToArray();
    }
}
