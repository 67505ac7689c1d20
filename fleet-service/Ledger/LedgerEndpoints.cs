using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Http;

namespace KioskFleet.Service.Ledger;

/// <summary>The HTTP interface of the ledger.</summary>
internal static class LedgerEndpoints
{
    private const int DefaultPage = 100;

    /// <summary>Maps sales, journals, quarantine and proof.</summary>
    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1").WithTags("Ledger").RequireAuthorization(AccessPolicies.Read);
        group.MapGet("/cabinets/{cabinet}/sales",
                (string cabinet, LedgerQueries queries, long? before, int? count) => ForCabinet(cabinet,
                    id => Results.Ok(queries.Sales(id, before, count ?? DefaultPage))))
            .WithName("GetSales")
            .WithSummary("The committed sales of a cabinet, newest first, each with its place in the ledger")
            .Produces<BackwardsPage<SaleShown>>();
        group.MapGet("/cabinets/{cabinet}/journals",
                (string cabinet, LedgerQueries queries) => ForCabinet(cabinet, id => Results.Ok(queries.Journals(id))))
            .WithName("GetJournals")
            .WithSummary("The journals of a cabinet with their heads")
            .Produces<IReadOnlyList<JournalShown>>();
        group.MapGet("/cabinets/{cabinet}/hello",
                (string cabinet, HelloQueries queries) => ForCabinet(cabinet, id => queries.Of(id) is { } hello
                    ? Results.Ok(hello)
                    : ApiProblems.Of(ProblemCode.NeverHeard, StatusCodes.Status404NotFound,
                        $"Cabinet {id} never said hello.")))
            .WithName("GetHello")
            .WithSummary("What a cabinet said of itself last; provisional")
            .Produces<HelloShown>();
        group.MapGet("/hellos", (HelloQueries queries, DateTimeOffset? since, string? after, int? count) =>
                Results.Ok(queries.Page(
                    since?.ToUnixTimeMilliseconds() ?? long.MinValue, after ?? "", count ?? DefaultPage)))
            .WithName("GetHellos")
            .WithSummary("What all cabinets said of themselves last, by cabinet; provisional. Pages of at most 1000")
            .Produces<HelloPage>();
        group.MapGet("/quarantine", (LedgerQueries queries, string? cabinet, bool? open, long? before, int? count) =>
                Results.Ok(queries.Quarantine(cabinet, open ?? true, before, count ?? DefaultPage)))
            .WithName("GetQuarantine")
            .WithSummary("Entries kept apart, with reason and bytes, newest first")
            .Produces<BackwardsPage<QuarantinedShown>>();
        group.MapPost("/quarantine/{position:long}/release", ReleaseAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("ReleaseQuarantined")
            .WithSummary("Processes a quarantined entry again");
        group.MapGet("/ledger/proof", (LedgerProof proof, CancellationToken cancelled) =>
                Results.Ok(proof.Run(null, cancelled)))
            .RequireAuthorization(AccessPolicies.Write)
            .WithName("GetLedgerProof")
            .WithSummary("Proves chains, signatures, heads and totals over the whole ledger; reads every entry")
            .Produces<ProofReport>();
    }

    private static async Task<IResult> ReleaseAsync(
        long position, QuarantineRelease release, HttpContext context, CancellationToken cancellationToken) =>
        await release.ReleaseAsync(position, AccessPolicies.Actor(context.User), cancellationToken) switch
        {
            ReleaseOutcome.Released released => Results.Ok(new
            {
                released.Amounts.AidFen,
                released.Amounts.OrdinaryFen,
                released.Amounts.UnmappedFen,
            }),
            ReleaseOutcome.StillQuarantined still => ApiProblems.Of(
                ProblemCode.StillQuarantined, StatusCodes.Status409Conflict, $"Reason: {still.Reason}."),
            _ => ApiProblems.Of(ProblemCode.NotQuarantined, StatusCodes.Status404NotFound,
                $"Nothing waits at position {position}."),
        };

    private static IResult ForCabinet(string cabinet, Func<CabinetId, IResult> answer) =>
        CabinetId.TryParse(cabinet, out var id)
            ? answer(id)
            : ApiProblems.Of(ProblemCode.Invalid, StatusCodes.Status400BadRequest,
                $"'{cabinet}' is not 1 to {CabinetId.MaxLength} characters of A-Z, a-z, 0-9, '-' and '_'.");
}
