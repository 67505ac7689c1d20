using System.Threading.RateLimiting;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Http;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Enrolment;

/// <summary>Registers enrolment. Needs Storage, Fleet, Access and Broker.</summary>
internal static class EnrolmentModule
{
    private const string RatePolicy = "enrolment";

    /// <summary>Adds the desk and the rate limit per address.</summary>
    public static IServiceCollection AddEnrolment(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EnrolmentOptions>()
            .Bind(configuration.GetSection(EnrolmentOptions.Section), o => o.ErrorOnUnknownConfiguration = true)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<EnrolmentOptions>, EnrolmentOptionsValidator>();
        services.AddSingleton<CabinetAccess>();
        services.AddSingleton<EnrolmentDesk>();
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddPolicy(RatePolicy, http => RateLimitPartition.GetTokenBucketLimiter(
                http.Connection.RemoteIpAddress?.ToString() ?? "", _ => Bucket(
                    http.RequestServices.GetRequiredService<IOptions<EnrolmentOptions>>().Value)));
        });
        return services;
    }

    /// <summary>Maps the making of tokens and the redemption.</summary>
    public static IEndpointRouteBuilder MapEnrolment(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/cabinets/{id}/enrolment-tokens", MakeTokenAsync)
            .RequireAuthorization(AccessPolicies.Write).WithTags("Enrolment").WithName("MakeEnrolmentToken")
            .WithSummary("Makes a one-time token for a cabinet; it is shown only in this answer")
            .Produces<MadeToken>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapDelete("/api/v1/cabinets/{id}/credentials", RevokeAsync)
            .RequireAuthorization(AccessPolicies.Write).WithTags("Enrolment").WithName("RevokeCredentials")
            .WithSummary("Ends a cabinet's passwords, tokens and connection (a stolen cabinet, a lost disk)")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapPost("/api/v1/enrolment", RedeemAsync)
            .AllowAnonymous().RequireRateLimiting(RatePolicy).WithTags("Enrolment").WithName("Enrol")
            .WithSummary("Redeems a token with a P-256 key; the same key may redeem it again until it expires")
            .Produces<Enrolled>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status410Gone)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        return routes;
    }

    private static async Task<IResult> MakeTokenAsync(EnrolmentDesk desk, HttpContext http, string id) =>
        CabinetId.TryParse(id, out var cabinet)
            && await desk.MakeTokenAsync(cabinet, AccessPolicies.Actor(http.User), http.RequestAborted) is { } made
            ? Results.Json(made, statusCode: StatusCodes.Status201Created)
            : ApiProblems.Of(
                ProblemCode.CabinetUnknown, StatusCodes.Status404NotFound, $"There is no cabinet '{id}'.");

    private static async Task<IResult> RevokeAsync(EnrolmentDesk desk, HttpContext http, string id) =>
        (CabinetId.TryParse(id, out var cabinet)
            ? await desk.RevokeAsync(cabinet, AccessPolicies.Actor(http.User), CancellationToken.None)
            : null) switch
        {
            true => Results.NoContent(),
            false => ApiProblems.Of(
                ProblemCode.BrokerAway, StatusCodes.Status503ServiceUnavailable,
                "The passwords are ended here; ask again until the broker has been told."),
            null => ApiProblems.Of(
                ProblemCode.CabinetUnknown, StatusCodes.Status404NotFound, $"There is no cabinet '{id}'."),
        };

    private static async Task<IResult> RedeemAsync(
        EnrolmentDesk desk, ILogger<EnrolmentDesk> log, HttpContext http, EnrolmentRequest request)
    {
        // Once begun, a redemption goes on though the caller leaves: the answer can be had again by the same key.
        var outcome = await desk.RedeemAsync(request, CancellationToken.None);
        if (outcome is EnrolmentOutcome.Done done)
        {
            EnrolmentLog.Enrolled(log, done.Answer.CabinetId);
            http.Response.Headers.CacheControl = "no-store";
            return Results.Ok(done.Answer);
        }

        EnrolmentLog.Refused(log, http.Connection.RemoteIpAddress?.ToString(), outcome.GetType().Name);
        return Refusal(outcome);
    }

    private static IResult Refusal(EnrolmentOutcome outcome) => outcome switch
    {
        EnrolmentOutcome.ProofWrong => ApiProblems.Of(
            ProblemCode.ProofWrong, StatusCodes.Status400BadRequest,
            "Takes token, publicKey (base64 SubjectPublicKeyInfo of a P-256 key) and proof (base64, 64 bytes)."),
        EnrolmentOutcome.TokenUnknown => ApiProblems.Of(ProblemCode.TokenUnknown, StatusCodes.Status404NotFound),
        EnrolmentOutcome.TokenExpired => ApiProblems.Of(ProblemCode.TokenExpired, StatusCodes.Status410Gone),
        EnrolmentOutcome.TokenBound => ApiProblems.Of(ProblemCode.TokenBound, StatusCodes.Status409Conflict),
        EnrolmentOutcome.KeyOfAnotherCabinet => ApiProblems.Of(
            ProblemCode.KeyOfAnotherCabinet, StatusCodes.Status409Conflict,
            "The disk was copied from another cabinet: remove the agent's key and enrol again."),
        EnrolmentOutcome.BrokerAway => ApiProblems.Of(
            ProblemCode.BrokerAway, StatusCodes.Status503ServiceUnavailable,
            "Redeem the token again with the same key."),
        EnrolmentOutcome.CabinetRetired => ApiProblems.Of(ProblemCode.CabinetRetired, StatusCodes.Status409Conflict),
        _ => throw new InvalidOperationException($"{outcome.GetType().Name} has no answer."),
    };

    private static TokenBucketRateLimiterOptions Bucket(EnrolmentOptions options) => new()
    {
        TokenLimit = options.RedemptionsPerMinute,
        TokensPerPeriod = options.RedemptionsPerMinute,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1),
        QueueLimit = 0,
    };
}
