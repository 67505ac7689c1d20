using KioskFleet.Service.Access;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

/// <summary>Takes plans and purchases of budget units, each with its audit row. Thread-safe.</summary>
internal sealed class ProcurementDesk(FleetDatabase database, PlacesDataSet places, TimeProvider time)
{
    /// <summary>The rules for this data set.</summary>
    public ProcurementRules Rules { get; } = new(places);

    /// <summary>Enters or changes a plan; the same again changes nothing. One of the results is not null.</summary>
    public async Task<(ProcurementPlan? Plan, Refusal? Refusal)> PutPlanAsync(
        (string Unit, int Year) of, ProcurementPlanRequest request, string actor, CancellationToken ct)
    {
        var (plan, refusal) = Rules.Read(of.Unit, of.Year, request);
        if (plan is null)
        {
            return (null, refusal);
        }

        await database.WriteAsync(
            (connection, _) =>
            {
                var before = ProcurementStore.FindPlan(connection, plan.Platform, plan.Unit, plan.Year);
                if (before != plan)
                {
                    ProcurementStore.PutPlan(connection, plan, (Now(), actor));
                    AuditLog.Write(connection, new AuditEntry(
                        Now(), actor, "procurement-plan.changed", $"procurement-plan:{plan.Unit}/{plan.Year}", before,
                        plan));
                }

                return true;
            },
            ct);
        return (plan, null);
    }

    /// <summary>Takes purchases in their order, each on its own.</summary>
    public Task<IReadOnlyList<IntakeOutcome>> TakeAsync(
        IReadOnlyList<IntakeRow<PurchaseRequest>> requests, string actor, CancellationToken ct)
    {
        var today = places.Zone.DayOf(Now());
        var rows = requests.Select(row =>
        {
            var (draft, refusal) = row.Draft is { } request ? Rules.Read(request, today) : (null, row.Refusal);
            return new IntakeRow<PurchaseDraft>(row.Line, row.DocumentNumber, draft, refusal);
        }).ToList();
        return IntakeStore.TakeAsync(
            database, rows, (connection, draft) => ProcurementStore.Take(connection, draft, (Now(), actor)), ct);
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
