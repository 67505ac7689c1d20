using System.Text.Json;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Compliance;

/// <summary>An edition without its bytes.</summary>
/// <param name="EditionId">Its number over all windows.</param>
/// <param name="Window">The window.</param>
/// <param name="Number">1, 2, … within the window.</param>
/// <param name="Provisional">Whether late data was still expected when it was made.</param>
/// <param name="MadeUtcMs">When, Unix milliseconds UTC.</param>
/// <param name="MadeBy">By whom; <c>service</c> when it was due.</param>
/// <param name="ContentSha256">SHA-256 of its bytes.</param>
/// <param name="FiguresSha256">SHA-256 of its figures.</param>
/// <param name="SealSha256">SHA-256 of its seal.</param>
/// <param name="ChangesJson">Figures that differ from the edition before, or null.</param>
internal sealed record Edition(
    long EditionId, JudgingWindow Window, int Number, bool Provisional, long MadeUtcMs, string MadeBy,
    string ContentSha256, string FiguresSha256, string SealSha256, string? ChangesJson);

/// <summary>The newest edition of a window, as answers name it.</summary>
/// <param name="EditionId">Its number over all windows; <c>/api/v1/editions/ID</c> has its bytes.</param>
/// <param name="Number">1, 2, … within the window.</param>
/// <param name="Provisional">Whether late data was still expected when it was made.</param>
/// <param name="MadeUtc">When.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
internal sealed record EditionNamed(long EditionId, int Number, bool Provisional, DateTimeOffset MadeUtc, string Sha256)
{
    /// <summary>Names an edition.</summary>
    public static EditionNamed? Of(Edition? edition) => edition is null ? null : new EditionNamed(
        edition.EditionId, edition.Number, edition.Provisional,
        DateTimeOffset.FromUnixTimeMilliseconds(edition.MadeUtcMs), edition.ContentSha256);
}

/// <summary>A figure that another edition tells otherwise.</summary>
/// <param name="Of">cabinets, city, counties, operators or operatorsInCounties.</param>
/// <param name="Cabinet">The cabinet, or empty.</param>
/// <param name="Operator">The operator, or empty.</param>
/// <param name="Place">The county or city, or empty.</param>
/// <param name="Figure">The member that differs; <c>row</c> when the whole row came or went.</param>
/// <param name="Before">What the earlier edition tells; null when it has no such row.</param>
/// <param name="After">What the later one tells; null likewise.</param>
internal sealed record EditionChange(
    string Of, string Cabinet, string Operator, string Place, string Figure, JsonElement? Before, JsonElement? After);

/// <summary>What differs between two editions.</summary>
/// <param name="Count">How many figures.</param>
/// <param name="Changes">The first of them.</param>
internal sealed record EditionChanges(int Count, IReadOnlyList<EditionChange> Changes);

/// <summary>Says that an edition was corrected since.</summary>
/// <param name="EditionId">The edition that replaced it.</param>
/// <param name="Number">Its number within the window.</param>
/// <param name="Provisional">Whether that one is provisional.</param>
/// <param name="MadeUtc">When it was made.</param>
/// <param name="ChangeCount">How many figures changed.</param>
/// <param name="Changes">The first of them; two editions' bytes tell all.</param>
internal sealed record CorrectedSince(
    long EditionId, int Number, bool Provisional, DateTimeOffset MadeUtc, int ChangeCount,
    IReadOnlyList<EditionChange> Changes);

/// <summary>
/// The seal of an edition: names its bytes by their hash, what it was made from and by, and the seal before it, so that
/// no edition can be exchanged or taken out without a trace.
/// </summary>
/// <param name="Content">The bytes it seals.</param>
/// <param name="Report">What was judged.</param>
/// <param name="Number">The edition's number within its window.</param>
/// <param name="Provisional">Whether late data is still expected.</param>
/// <param name="Made">When (Unix milliseconds UTC) and by whom.</param>
/// <param name="Ledger">Generation of the ledger, and digest of all journals' heads.</param>
/// <param name="PreviousSealSha256">The seal made before it, of whatever window; null for the first.</param>
internal sealed record EditionSeal(
    EditionContent Content, EditionReport Report, int Number, bool Provisional, (long UtcMs, string By) Made,
    (string Generation, string HeadsSha256) Ledger, string? PreviousSealSha256)
{
    /// <summary>The name of the layout.</summary>
    public const string Format = "kioskfleet/edition-seal/1";

    /// <summary>The canonical bytes with their hash. Pure.</summary>
    public (byte[] Bytes, string Sha256) Write()
    {
        var writer = new CanonicalWriter();
        writer.Object(seal => seal
            .Name("catalogueVersion").Number(Report.CatalogueVersion)
            .Name("contentSha256").Text(Content.Sha256)
            .Name("figuresSha256").Text(Content.FiguresSha256)
            .Name("format").Text(Format)
            .Name("headsSha256").Text(Ledger.HeadsSha256)
            .Name("ledgerGeneration").Text(Ledger.Generation)
            .Name("madeBy").Text(Made.By)
            .Name("madeUtc").Text(DateTimeOffset.FromUnixTimeMilliseconds(Made.UtcMs).UtcDateTime.ToString("O"))
            .Name("number").Number(Number)
            .Name("policies").List(Content.Policies, EditionContent.Policy)
            .Name("previousSealSha256").Text(PreviousSealSha256)
            .Name("provisional").Flag(Provisional)
            .Name("window").Object(w => EditionContent.Window(w, Report.Window)));
        var bytes = writer.Written.ToArray();
        return (bytes, Digest.Of(bytes).ToString());
    }
}
