using System.Text.Json;
using KioskFleet.Service.Access;
using Microsoft.Net.Http.Headers;

namespace KioskFleet.Service.Compliance;

/// <summary>The HTTP interface of editions.</summary>
internal static class EditionEndpoints
{
    private const int DefaultCount = 50;

    /// <summary>Maps the list, the sealed bytes, the seal, and making one now.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/editions").WithTags("Compliance");
        group.MapGet("", List)
            .RequireAuthorization(AccessPolicies.Read)
            .WithName("GetEditions")
            .WithSummary("Sealed reports on windows, newest first; each says whether it was corrected since")
            .WithDescription("'window' is a window's name; 'before' the number from which to read on; at most 200.")
            .Produces<IReadOnlyList<EditionShown>>();
        group.MapGet("/{id:long}", Content)
            .RequireAuthorization(AccessPolicies.Read)
            .WithName("GetEdition")
            .WithSummary("The sealed bytes of an edition: canonical JSON")
            .WithDescription("Repr-Digest and ETag hold their SHA-256. When the edition was corrected since, a link of "
                + "relation successor-version names the one that replaced it.")
            .Produces<string>(StatusCodes.Status200OK, "application/json")
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{id:long}/seal", Seal)
            .RequireAuthorization(AccessPolicies.Read)
            .WithName("GetEditionSeal")
            .WithSummary("What an edition was made from and by, chained to the seal before it; and what corrected it")
            .Produces<EditionSealShown>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("", MakeAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("MakeEdition")
            .WithSummary("Seals a window as it stands now, marked provisional while late data is expected")
            .WithDescription("Answers 201 with the new edition, or 200 with the newest when the figures are the same.")
            .Produces<EditionShown>(StatusCodes.Status201Created)
            .Produces<EditionShown>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static IResult List(EditionStore editions, EditionDesk desk, string? window, long? before, int? count) =>
        Results.Json(
            editions.List(window, before, count ?? DefaultCount).Select(e => Shown(e, desk)).ToList(),
            ComplianceModule.Json);

    private static IResult Content(EditionStore editions, EditionDesk desk, HttpContext http, long id)
    {
        if (editions.Find(id) is not { } edition || editions.Content(id) is not { } bytes)
        {
            return NoSuch(id);
        }

        var digest = Convert.ToBase64String(Convert.FromHexString(edition.ContentSha256));
        http.Response.Headers["Repr-Digest"] = $"sha-256=:{digest}:";
        if (desk.CorrectedSince(edition) is { } corrected)
        {
            http.Response.Headers[HeaderNames.Link] =
                $"</api/v1/editions/{corrected.EditionId}>; rel=\"successor-version\"";
        }

        return Results.Bytes(
            bytes, "application/json", entityTag: new EntityTagHeaderValue($"\"{edition.ContentSha256}\""));
    }

    private static IResult Seal(EditionStore editions, EditionDesk desk, long id)
    {
        if (editions.Find(id) is not { } edition || editions.Seal(id) is not { } seal)
        {
            return NoSuch(id);
        }

        using var document = JsonDocument.Parse(seal);
        return Results.Json(
            new EditionSealShown(document.RootElement.Clone(), edition.SealSha256, desk.CorrectedSince(edition)),
            ComplianceModule.Json);
    }

    private static async Task<IResult> MakeAsync(
        EditionDesk desk, StandingsQuery query, HttpContext http, MakeRequest request)
    {
        if (string.IsNullOrEmpty(request.Window) || query.Window(request.Window) is not { } window)
        {
            return ComplianceProblems.Bad("BadWindow", "window", request.Window);
        }

        if (window.From > query.Today)
        {
            return ComplianceProblems.Bad("WindowToCome", "window", request.Window);
        }

        return await desk.MakeAsync(window, AccessPolicies.Actor(http.User), http.RequestAborted) switch
        {
            EditionOutcome.Made made => Results.Json(
                Shown(made.Edition, desk), ComplianceModule.Json, statusCode: StatusCodes.Status201Created),
            EditionOutcome.Unchanged same => Results.Json(Shown(same.Newest, desk), ComplianceModule.Json),
            var outcome => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
        };
    }

    private static EditionShown Shown(Edition edition, EditionDesk desk) => new(
        edition.EditionId,
        edition.Window.Name,
        edition.Window.From,
        edition.Window.To,
        edition.Number,
        edition.Provisional,
        DateTimeOffset.FromUnixTimeMilliseconds(edition.MadeUtcMs),
        edition.MadeBy,
        edition.ContentSha256,
        edition.SealSha256,
        desk.CorrectedSince(edition));

    private static IResult NoSuch(long id) =>
        ComplianceProblems.Of(StatusCodes.Status404NotFound, "NoSuchEdition", "id", $"{id}");

    /// <summary>Which window is to be sealed.</summary>
    internal sealed record MakeRequest
    {
        public string? Window { get; init; }
    }
}

/// <summary>An edition as the interface lists it.</summary>
/// <param name="EditionId">Its number over all windows.</param>
/// <param name="Window">The window's name.</param>
/// <param name="From">First business day.</param>
/// <param name="To">First business day after it.</param>
/// <param name="Number">1, 2, … within the window.</param>
/// <param name="Provisional">Whether late data was still expected when it was made.</param>
/// <param name="MadeUtc">When.</param>
/// <param name="MadeBy">By whom; <c>service</c> when it was due.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="SealSha256">SHA-256 of its seal.</param>
/// <param name="CorrectedSince">Which edition replaced it and in what; null while it stands.</param>
internal sealed record EditionShown(
    long EditionId, string Window, DateOnly From, DateOnly To, int Number, bool Provisional, DateTimeOffset MadeUtc,
    string MadeBy, string Sha256, string SealSha256, CorrectedSince? CorrectedSince);

/// <summary>A seal as the interface shows it.</summary>
/// <param name="Seal">The seal's members; written without blanks they have the hash.</param>
/// <param name="SealSha256">SHA-256 of the seal's canonical bytes.</param>
/// <param name="CorrectedSince">Which edition replaced the sealed one and in what; null while it stands.</param>
internal sealed record EditionSealShown(JsonElement Seal, string SealSha256, CorrectedSince? CorrectedSince);
