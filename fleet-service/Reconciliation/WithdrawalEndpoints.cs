using KioskFleet.Service.Access;

namespace KioskFleet.Service.Reconciliation;

/// <summary>The HTTP interface of withdrawals of bills.</summary>
internal static class WithdrawalEndpoints
{
    /// <summary>Maps the three steps.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/bills/{id:long}/withdrawal").WithTags("Reconciliation")
            .RequireAuthorization(AccessPolicies.Write);
        MapStep(group, "", WithdrawalState.Proposed, "ProposeBillWithdrawal",
            "Proposes to take a bill back that was brought for the wrong operator or day, with a reason");
        MapStep(group, "/approve", WithdrawalState.Approved, "ApproveBillWithdrawal",
            "Approves the withdrawal, by another person: nothing of the bill counts any more, and the right one can "
            + "be brought; approved again it goes on where it broke off");
        MapStep(group, "/reject", WithdrawalState.Rejected, "RejectBillWithdrawal",
            "Refuses a proposed withdrawal, or takes it back, with a reason");
    }

    private static void MapStep(
        RouteGroupBuilder group, string path, WithdrawalState to, string name, string summary) => group
        .MapPost(path, async (WithdrawalDesk desk, HttpContext http, long id, WithdrawalRequest? request) => Answer(
            id, request, await desk.TakeAsync(
                id, to, request?.Reason, AccessPolicies.Actor(http.User), http.RequestAborted)))
        .WithName(name).WithSummary(summary)
        .Produces<WithdrawalShown>().ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static IResult Answer(long id, WithdrawalRequest? request, WithdrawalOutcome outcome) => outcome switch
    {
        WithdrawalOutcome.Done done => Results.Json(done.Withdrawal.Show(), ReconciliationTexts.Json),
        WithdrawalOutcome.Unknown => ReconciliationTexts.Problem(
            StatusCodes.Status404NotFound, "UnknownBill", "id", $"{id}"),
        WithdrawalOutcome.BadReason => ReconciliationTexts.Problem(
            StatusCodes.Status400BadRequest, "BadReason", "reason", request?.Reason ?? ""),
        WithdrawalOutcome.Illegal illegal => ReconciliationTexts.Problem(
            StatusCodes.Status409Conflict, "IllegalWithdrawal", "state", Word(illegal.State),
            ("allowed", illegal.Allowed.Select(s => Word(s)).ToList())),
        WithdrawalOutcome.SecondPersonNeeded needed => ReconciliationTexts.Problem(
            StatusCodes.Status409Conflict, "SecondPersonNeeded", "proposedBy", needed.ProposedBy),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
    };

    private static string Word(WithdrawalState? state) =>
        state is { } known ? ReconciliationTexts.Word(known.ToString()) : "none";
}

/// <summary>A step of a withdrawal.</summary>
/// <param name="Reason">Why.</param>
internal sealed record WithdrawalRequest(string? Reason);
