using System.Text;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;
using KioskFleet.Service.Places;

namespace KioskFleet.Service.Enforcement;

/// <summary>The wish to exempt a cabinet or an operator for a time.</summary>
/// <param name="Scope">cabinet or operator.</param>
/// <param name="Subject">Which.</param>
/// <param name="Reason">Why, 1 to 500 characters.</param>
/// <param name="LastDay">The last business day of the exemption, at most 366 days from now.</param>
internal sealed record ExemptionRequest(string? Scope, string? Subject, string? Reason, DateOnly? LastDay);

/// <summary>The wish to name a SKU that everybody needs.</summary>
/// <param name="County">In which county; null for the whole city.</param>
/// <param name="OperatorId">Of which operator; null for every one.</param>
/// <param name="Sku">The SKU, 1 to 64 UTF-8 bytes.</param>
/// <param name="Reason">Why, 1 to 500 characters.</param>
/// <param name="LastDay">The last business day; null for no end.</param>
internal sealed record EssentialSkuRequest(
    string? County, string? OperatorId, string? Sku, string? Reason, DateOnly? LastDay);

/// <summary>What became of a wish. A closed set.</summary>
internal abstract record ExemptionOutcome
{
    private ExemptionOutcome()
    {
    }

    /// <summary>It holds, or has ended; the row as it is now.</summary>
    public sealed record Done(object Row) : ExemptionOutcome;

    /// <summary>A field cannot be taken.</summary>
    /// <param name="Field">Which.</param>
    /// <param name="Problem">The key of the words that say what it takes.</param>
    /// <param name="Got">What it got.</param>
    public sealed record Invalid(string Field, string Problem, string? Got) : ExemptionOutcome;

    /// <summary>There is no such row.</summary>
    public sealed record Unknown(long Id) : ExemptionOutcome;
}

/// <summary>Exemptions by people: checked, written with their audit row, planned at once. Thread-safe.</summary>
internal sealed class ExemptionDesk(
    ExemptionStore store, EnforcementSources sources, PlacesDataSet places, EnforcementPlanner planner,
    TimeProvider time)
{
    /// <summary>Exempts a cabinet or an operator.</summary>
    public async Task<ExemptionOutcome> ExemptAsync(
        ExemptionRequest request, string actor, CancellationToken cancellationToken)
    {
        var moment = Now();
        if (Problem(request, moment) is { } problem)
        {
            return problem;
        }

        var added = await store.AddAsync(new Exemption(0, request.Scope!, request.Subject!, request.Reason!.Trim(),
            actor, moment.NowUtcMs, EndOf(request.LastDay!.Value), null, null), cancellationToken);
        await planner.PlanAsync(moment, Affected(added), actor, cancellationToken);
        return new ExemptionOutcome.Done(added);
    }

    /// <summary>Names an essential SKU.</summary>
    public async Task<ExemptionOutcome> NameEssentialAsync(
        EssentialSkuRequest request, string actor, CancellationToken cancellationToken)
    {
        var moment = Now();
        if (Problem(request, moment) is { } problem)
        {
            return problem;
        }

        var added = await store.AddAsync(new EssentialSku(0, request.County ?? "", request.OperatorId ?? "",
            request.Sku!, request.Reason!.Trim(), actor, moment.NowUtcMs,
            request.LastDay is { } day ? EndOf(day) : null, null, null), cancellationToken);
        await planner.PlanAsync(moment, Affected(added), actor, cancellationToken);
        return new ExemptionOutcome.Done(added);
    }

    /// <summary>Ends an exemption before its day.</summary>
    public async Task<ExemptionOutcome> EndExemptionAsync(long id, string actor, CancellationToken cancellationToken)
    {
        if (await store.EndExemptionAsync(id, actor, cancellationToken) is not { } ended)
        {
            return new ExemptionOutcome.Unknown(id);
        }

        await planner.PlanAsync(Now(), Affected(ended), actor, cancellationToken);
        return new ExemptionOutcome.Done(ended);
    }

    /// <summary>Ends an essential SKU.</summary>
    public async Task<ExemptionOutcome> EndEssentialAsync(long id, string actor, CancellationToken cancellationToken)
    {
        if (await store.EndEssentialAsync(id, actor, cancellationToken) is not { } ended)
        {
            return new ExemptionOutcome.Unknown(id);
        }

        await planner.PlanAsync(Now(), Affected(ended), actor, cancellationToken);
        return new ExemptionOutcome.Done(ended);
    }

    private ExemptionOutcome.Invalid? Problem(ExemptionRequest request, CheckMoment moment)
    {
        var isCabinet = request.Scope == Exemption.OfCabinet;
        if (!isCabinet && request.Scope != Exemption.OfOperator)
        {
            return new ExemptionOutcome.Invalid("scope", "BadScope", request.Scope);
        }

        var isKnown = isCabinet
            ? CabinetId.TryParse(request.Subject, out var id) && sources.Fleet.TryGet(id, out _)
            : FleetRequestRules.IsId(request.Subject);
        return !isKnown ? new ExemptionOutcome.Invalid("subject", "BadSubject", request.Subject)
            : request.LastDay is null ? new ExemptionOutcome.Invalid("lastDay", "BadLastDay", null)
            : Problem(request.Reason, request.LastDay, moment) ?? Full(
                sources.Exemptions(moment.NowUtcMs).Exemptions.Length);
    }

    private ExemptionOutcome.Invalid? Problem(EssentialSkuRequest request, CheckMoment moment)
    {
        var isSku = Encoding.UTF8.GetByteCount(request.Sku ?? "") is > 0 and <= Limits.MaxIdBytes;
        return !isSku ? new ExemptionOutcome.Invalid("sku", "BadSku", request.Sku)
            : request.County is { } county && places.CountyOf(county) is null
                ? new ExemptionOutcome.Invalid("county", "BadCounty", county)
            : request.OperatorId is { } of && !FleetRequestRules.IsId(of)
                ? new ExemptionOutcome.Invalid("operatorId", "BadSubject", of)
            : Problem(request.Reason, request.LastDay, moment) ?? Full(
                sources.Exemptions(moment.NowUtcMs).Essentials.Length);
    }

    private static ExemptionOutcome.Invalid? Problem(string? reason, DateOnly? lastDay, CheckMoment moment) =>
        string.IsNullOrWhiteSpace(reason) || reason.Trim().Length > EnforcementLimits.MaxReasonLength
            ? new ExemptionOutcome.Invalid("reason", "BadReason", reason)
        : lastDay < moment.Today || lastDay > moment.Today.AddDays(EnforcementLimits.MaxExemptionDays)
            ? new ExemptionOutcome.Invalid("lastDay", "BadLastDay", $"{lastDay:yyyy-MM-dd}")
        : null;

    private static ExemptionOutcome.Invalid? Full(int inForce) => inForce < EnforcementLimits.MaxInForce
        ? null
        : new ExemptionOutcome.Invalid("", "TooMany", $"{inForce}");

    private HashSet<string> Affected(Exemption exemption) => exemption.Scope == Exemption.OfCabinet
        ? [exemption.Subject]
        : Ids(cabinet => cabinet.CurrentAssignment.OperatorId == exemption.Subject);

    private HashSet<string> Affected(EssentialSku sku) => Ids(cabinet =>
        sku.IsFor(cabinet.CurrentAssignment.County.Value, cabinet.CurrentAssignment.OperatorId));

    private HashSet<string> Ids(Func<CabinetModel, bool> which) =>
        [.. sources.Fleet.Cabinets.Where(which).Select(cabinet => cabinet.Id.Value)];

    private long EndOf(DateOnly lastDay) => sources.Zone.StartOfUtcMs(lastDay.AddDays(1));

    private CheckMoment Now()
    {
        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new CheckMoment(nowUtcMs, sources.Zone.DayOf(nowUtcMs));
    }
}
