using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using KioskFleet.Service.Access;
using KioskFleet.Service.Http;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Policies;

/// <summary>The HTTP interface of the policies.</summary>
internal static class PolicyEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Maps reading, making and ending.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/policies").WithTags("Policies");
        group.MapGet("", List)
            .RequireAuthorization(AccessPolicies.Read)
            .WithName("GetPolicies")
            .WithSummary("All policies, shipped and made, ended and scheduled ones included, with who made them")
            .WithDescription("Filters: venueKind; scope (city, county, operator, cabinet); scopeId; state (scheduled, "
                + "inForce, ended, withdrawn).")
            .Produces<IReadOnlyList<PolicyShown>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);
        group.MapGet("/in-force", InForce)
            .RequireAuthorization(AccessPolicies.Read)
            .WithName("GetPolicyInForce")
            .WithSummary("The policy that wins for a cabinet, operator, county or the city on a business day")
            .WithDescription("Either 'cabinet' alone (a registered cabinet: its operator and county of that day are "
                + "looked up), or 'venueKind' (default cabinet) with 'county' and 'operator'. 'day' is yyyy-mm-dd, "
                + "today without it.")
            .Produces<InForceShown>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapGet("/{id}", Versions)
            .RequireAuthorization(AccessPolicies.Read)
            .WithName("GetPolicyVersions")
            .WithSummary("Every version of one policy, oldest first")
            .Produces<IReadOnlyList<PolicyShown>>()
            .ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("", MakeAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .Accepts<object>("application/json")
            .WithName("MakePolicy")
            .WithSummary("Makes a policy, or a new version of one, in the JSON shape of the data set")
            .WithDescription("'from', 'to' and every step of the threshold are the present business day or later: what "
                + "is past is not judged anew. 'replaces' names the policy of the same venue kind and scope that ends "
                + "on the new one's first day. 'version' is counted by the service and not looked at.")
            .Produces<PolicyChanged>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        group.MapPost("/{id}/end", EndAsync)
            .RequireAuthorization(AccessPolicies.Write)
            .Accepts<object>("application/json")
            .WithName("EndPolicy")
            .WithSummary("Ends a policy: 'to' is the first business day no longer in force, today or later")
            .WithDescription(
                "A version whose first day is not before 'to' never comes into force. 'reason' may be given.")
            .Produces<PolicyChanged>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static IResult List(PolicyDesk desk, string? venueKind, string? scope, string? scopeId, string? state)
    {
        if (!TryWord<ScopeKind>(scope, out var kind))
        {
            return PolicyProblems.Query("scope", scope!, PolicyTexts.Of("TakesScope"));
        }

        if (!TryWord<PolicyState>(state, out var wanted))
        {
            return PolicyProblems.Query("state", state!, PolicyTexts.Of("TakesState"));
        }

        var today = desk.Today;
        return Results.Json(desk.Records()
            .OrderBy(r => r.Origin)
            .Where(r => string.IsNullOrEmpty(venueKind) || r.Effective.VenueKind == venueKind)
            .Where(r => kind is null || r.Effective.Scope.Kind == kind)
            .Where(r => string.IsNullOrEmpty(scopeId) || r.Effective.Scope.Id == scopeId)
            .Select(r => PolicyShown.Of(r, today, today))
            .Where(p => wanted is null || p.State == wanted)
            .ToList(), Json);
    }

    private static IResult InForce(PolicyDesk desk, PlacesDataSet places, [AsParameters] InForceRequest asked)
    {
        var day = string.IsNullOrEmpty(asked.Day) ? desk.Today : PolicyRequest.Day(asked.Day);
        if (day is not { } on)
        {
            return PolicyProblems.Query("day", asked.Day!, PolicyTexts.Of("TakesDay"));
        }

        var venueKind = string.IsNullOrEmpty(asked.VenueKind) ? PolicyBook.CabinetVenue : asked.VenueKind;
        if (places.VenueKinds.All(v => v.Id != venueKind))
        {
            return PolicyProblems.Query("venueKind", venueKind,
                PolicyTexts.Of("TakesOneOf", string.Join(", ", places.VenueKinds.Select(v => v.Id))));
        }

        var subject = new PolicySubject(asked.Cabinet ?? "", asked.Operator ?? "", asked.County ?? "");
        if (subject is { CabinetId: not "", OperatorId: "", CountyCode: "" } && venueKind == PolicyBook.CabinetVenue)
        {
            if (desk.SubjectOf(subject.CabinetId, on) is not { } found)
            {
                return PolicyProblems.Of(StatusCodes.Status404NotFound, "CabinetUnknown", [subject.CabinetId],
                    ("got", subject.CabinetId));
            }

            subject = found;
        }

        var records = desk.Records();
        var all = new PolicyBook(records.Select(r => r.Effective)).AllFor(venueKind, subject, on)
            .Select(p => PolicyShown.Of(records.First(r => ReferenceEquals(r.Effective, p)), desk.Today, on))
            .ToList();
        return all.Count == 0
            ? PolicyProblems.Of(StatusCodes.Status404NotFound, "NoPolicyInForce",
                [venueKind, PolicyJson.Day(on)])
            : Results.Json(new InForceShown(
                on, venueKind, subject.CabinetId, subject.OperatorId, subject.CountyCode, all[0], all[1..]), Json);
    }

    private static IResult Versions(PolicyDesk desk, string id)
    {
        var versions = desk.Records().Where(r => r.Terms.Id == id).OrderBy(r => r.Terms.Version)
            .Select(r => PolicyShown.Of(r, desk.Today, desk.Today)).ToList();
        return versions.Count == 0 ? PolicyProblems.Unknown(id) : Results.Json(versions, Json);
    }

    private static async Task<IResult> MakeAsync(PolicyDesk desk, PlacesDataSet places, HttpContext http)
    {
        if (await ReadAsync(http) is not { } body)
        {
            return TooLarge();
        }

        var reading = PolicyRequest.ReadMake(body, places);
        if (reading.Policy is not { } wanted)
        {
            return PolicyProblems.Invalid(reading.Findings);
        }

        var outcome = await desk.MakeAsync(
            wanted, reading.Replaces, AccessPolicies.Actor(http.User), http.RequestAborted);
        return outcome is PolicyOutcome.Made made
            ? Results.Json(Changed(desk, made.Policy, made.Ends), Json, statusCode: StatusCodes.Status201Created)
            : PolicyProblems.Of(outcome);
    }

    private static async Task<IResult> EndAsync(PolicyDesk desk, HttpContext http, string id)
    {
        if (await ReadAsync(http) is not { } body)
        {
            return TooLarge();
        }

        var reading = PolicyRequest.ReadEnd(body);
        if (reading.Findings.Count > 0)
        {
            return PolicyProblems.Invalid(reading.Findings);
        }

        var outcome = await desk.EndAsync(
            id, reading.To, reading.Reason, AccessPolicies.Actor(http.User), http.RequestAborted);
        return outcome is PolicyOutcome.Ended ended
            ? Results.Json(Changed(desk, ended.Ends[^1].Policy, ended.Ends), Json)
            : PolicyProblems.Of(outcome);
    }

    private static PolicyChanged Changed(PolicyDesk desk, Policy policy, IReadOnlyList<PolicyEnd> ends)
    {
        var record = desk.Records().First(r => r.Terms.Id == policy.Id && r.Terms.Version == policy.Version);
        return new PolicyChanged(
            PolicyShown.Of(record, desk.Today, desk.Today),
            [.. ends.Select(e => new PolicyEndShown(e.Policy.Id, e.Policy.Version, e.To))]);
    }

    /// <summary>The whole body, or null as soon as it is larger than a request may be.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContext http)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PolicyLimits.MaxRequestBytes + 1);
        try
        {
            var read = await http.Request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, PolicyLimits.MaxRequestBytes + 1), PolicyLimits.MaxRequestBytes + 1,
                throwOnEndOfStream: false, http.RequestAborted);
            return read > PolicyLimits.MaxRequestBytes ? null : buffer[..read];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static IResult TooLarge() => PolicyProblems.Of(StatusCodes.Status413PayloadTooLarge, "RequestTooLarge",
        [PolicyLimits.MaxRequestBytes], ("takes", PolicyLimits.MaxRequestBytes));

    /// <summary>Reads a word of an enum; true without a word too.</summary>
    private static bool TryWord<T>(string? text, out T? value)
        where T : struct, Enum
    {
        value = EnumWord.Parse<T>(text);
        return value is not null || string.IsNullOrEmpty(text);
    }

    /// <summary>Whose policy is asked for.</summary>
    internal sealed record InForceRequest
    {
        public string? Cabinet { get; init; }

        public string? VenueKind { get; init; }

        public string? County { get; init; }

        public string? Operator { get; init; }

        public string? Day { get; init; }
    }
}
