using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Access;
using KioskFleet.Service.Http;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Fleet;

/// <summary>
/// Changes of the register by people: each is one transaction together with its audit row. Thread-safe.
/// </summary>
internal sealed class FleetDesk(
    FleetDatabase database, FleetRegister register, PlacesDataSet places, TimeProvider time,
    ILogger<FleetDesk> log)
{
    /// <summary>Most cabinets of one bulk request.</summary>
    public const int MaxBulk = 5_000;

    private const string UnknownSiteKind = "unknown";

    // A row that is null: it is refused for what it lacks, as any other.
    private static readonly CabinetRequest SaysNothing = new(null, null, null, null, null);

    /// <summary>Registers a cabinet.</summary>
    public async Task<FleetOutcome> RegisterAsync(CabinetRequest request, string actor, CancellationToken ct)
    {
        var bulk = await RegisterAsync([request], "", actor, ct);
        if (bulk.Problems.Count > 0)
        {
            return new FleetOutcome.Invalid(bulk.Problems);
        }

        var id = CabinetId.Parse(request.CabinetId);
        return bulk.Existing.Count > 0 ? new FleetOutcome.Exists(id) : Done(id);
    }

    /// <summary>
    /// Registers many cabinets in one transaction; those that are registered already stay as they are.
    /// </summary>
    public Task<BulkOutcome> RegisterAsync(BulkRequest request, string actor, CancellationToken ct) =>
        request.Cabinets is { Count: > 0 and <= MaxBulk } cabinets
            ? RegisterAsync([.. cabinets.Select(c => c ?? SaysNothing)], "cabinets", actor, ct)
            : Task.FromResult(new BulkOutcome([], [], [new FieldProblem(
                "cabinets", $"got {request.Cabinets?.Count ?? 0} rows; takes 1 to {MaxBulk}")]));

    /// <summary>Moves a cabinet from now on; earlier assignments stay as they were.</summary>
    public async Task<FleetOutcome> AssignAsync(
        CabinetId id, AssignmentRequest request, string actor, CancellationToken ct)
    {
        var problems = FleetRequestRules.Check(request, "", Exists).ToList();
        if (problems.Count > 0)
        {
            return new FleetOutcome.Invalid(problems);
        }

        var outcome = await database.WriteAsync<FleetOutcome?>(
            (connection, _) =>
            {
                if (FleetStore.Find(connection, id) is not { } cabinet)
                {
                    return new FleetOutcome.Unknown(id);
                }

                if (cabinet.Life == CabinetLife.Retired)
                {
                    return new FleetOutcome.IllegalLife(cabinet.Life, cabinet.Life, []);
                }

                // Two moves within a millisecond, or a clock that was set back, still make a time of its own for each.
                var before = cabinet.CurrentAssignment;
                var now = Now();
                var next = Assignment(request, Math.Max(now, before.FromUtcMs + 1));
                FleetStore.Move(connection, id, next);
                AuditLog.Write(connection, Change(actor, "cabinet.assigned", id, View(before), View(next)));
                return null;
            },
            ct);
        return outcome ?? Refreshed(id);
    }

    /// <summary>Changes a cabinet's life by the table of transitions.</summary>
    public async Task<FleetOutcome> ChangeLifeAsync(
        CabinetId id, LifeRequest request, string actor, CancellationToken ct)
    {
        var now = Now();
        if (CheckLife(request, now, out var life, out var untilUtcMs) is { } problem)
        {
            return new FleetOutcome.Invalid([problem]);
        }

        var outcome = await database.WriteAsync<FleetOutcome?>(
            (connection, _) =>
            {
                if (FleetStore.Find(connection, id) is not { } cabinet)
                {
                    return new FleetOutcome.Unknown(id);
                }

                var from = cabinet.LifeAt(now);
                if (!CabinetLifeRules.MayChange(from, life))
                {
                    return new FleetOutcome.IllegalLife(from, life, CabinetLifeRules.AllowedFrom(from));
                }

                FleetStore.SetLife(connection, id, life, untilUtcMs, now);
                AuditLog.Write(connection, Change(
                    actor, "cabinet.life", id,
                    new { life = from.ToString(), cabinet.ClosedUntilUtcMs },
                    new { life = life.ToString(), closedUntilUtcMs = untilUtcMs }));
                return null;
            },
            ct);
        return outcome ?? Refreshed(id);
    }

    /// <summary>States how a cabinet hands goods out: it decides what its gate can refuse.</summary>
    public async Task<FleetOutcome> ChangeKindAsync(
        CabinetId id, KindRequest request, string actor, CancellationToken ct)
    {
        if (FleetRequestRules.KindOf(request.Kind) is not { } kind)
        {
            return new FleetOutcome.Invalid([FleetRequestRules.BadKind(request.Kind)]);
        }

        var outcome = await database.WriteAsync<FleetOutcome?>(
            (connection, _) =>
            {
                if (FleetStore.Find(connection, id) is not { } cabinet)
                {
                    return new FleetOutcome.Unknown(id);
                }

                FleetStore.SetKind(connection, id, kind, Now());
                AuditLog.Write(connection, Change(
                    actor, "cabinet.kind", id, new { kind = $"{cabinet.Kind}" }, new { kind = $"{kind}" }));
                return null;
            },
            ct);
        return outcome ?? Refreshed(id);
    }

    private async Task<BulkOutcome> RegisterAsync(
        IReadOnlyList<CabinetRequest> requests, string field, string actor, CancellationToken ct)
    {
        var problems = requests
            .SelectMany((r, i) => FleetRequestRules.Check(r, field.Length == 0 ? "" : $"{field}[{i}].", Exists))
            .ToList();
        problems.AddRange(requests.GroupBy(r => r.CabinetId).Where(g => g.Count() > 1)
            .Select(g => new FieldProblem(field, $"got '{g.Key}' {g.Count()} times; takes each cabinet once")));
        if (problems.Count > 0)
        {
            return new BulkOutcome([], [], problems);
        }

        var now = Now();
        var (added, existing) = await database.WriteAsync(
            (connection, _) =>
            {
                var (added, existing) = (new List<CabinetId>(), new List<string>());
                foreach (var request in requests)
                {
                    var id = CabinetId.Parse(request.CabinetId);
                    if (FleetStore.Find(connection, id) is not null)
                    {
                        existing.Add(id.Value);
                        continue;
                    }

                    var first = Assignment(new AssignmentRequest(
                        request.County, request.OperatorId, request.SiteName, request.SiteKind), now);
                    var kind = FleetRequestRules.KindOf(request.Kind) ?? CabinetKind.Slot;
                    FleetStore.Insert(connection, id, first, now, kind);
                    AuditLog.Write(connection, Change(
                        actor, "cabinet.registered", id, null, new { assignment = View(first), kind = $"{kind}" }));
                    added.Add(id);
                }

                return (added, existing);
            },
            ct);
        register.Refresh(added);
        FleetLog.Registered(log, added.Count, existing.Count, actor);
        return new BulkOutcome([.. added.Select(id => id.Value)], existing, []);
    }

    private FieldProblem? CheckLife(LifeRequest request, long now, out CabinetLife life, out long? untilUtcMs)
    {
        untilUtcMs = null;
        var wanted = EnumWord.Parse<CabinetLife>(request.Life);
        life = wanted ?? default;
        if (wanted is null)
        {
            return new FieldProblem(
                "life", $"got '{request.Life}'; takes {string.Join(", ", Enum.GetNames<CabinetLife>())}");
        }

        if ((life == CabinetLife.ClosedUntil) != request.ClosedUntil.HasValue)
        {
            return new FieldProblem("closedUntil", "takes a day with ClosedUntil and nothing with any other state");
        }

        if (request.ClosedUntil is not { } day)
        {
            return null;
        }

        untilUtcMs = places.Zone.StartOfUtcMs(day);
        return untilUtcMs > now
            ? null
            : new FieldProblem("closedUntil", $"got {day:yyyy-MM-dd}; takes a day that is yet to come");
    }

    private bool Exists(CountyCode county) => places.CountyOf(county.Value) is not null;

    private static AssignmentModel Assignment(AssignmentRequest request, long fromUtcMs) => new(
        0, request.OperatorId ?? AssignmentModel.UnassignedOperator, CountyCode.Parse(request.County),
        request.SiteName?.Trim() ?? "", request.SiteKind ?? UnknownSiteKind, fromUtcMs, null);

    private static object View(AssignmentModel a) =>
        new { a.OperatorId, county = a.County.Value, a.SiteName, a.SiteKind, a.FromUtcMs };

    private AuditEntry Change(string actor, string action, CabinetId id, object? before, object? after) =>
        new(Now(), actor, action, $"cabinet:{id}", before, after);

    private FleetOutcome.Done Refreshed(CabinetId id)
    {
        register.Refresh([id]);
        return Done(id);
    }

    private FleetOutcome.Done Done(CabinetId id) => register.Current.TryGet(id, out var cabinet)
        ? new FleetOutcome.Done(cabinet)
        : throw new InvalidOperationException($"Cabinet {id} was committed and is not in the register.");

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
