using KioskFleet.Service.Access;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

/// <summary>What became of a wish to change the register of venues. A closed set.</summary>
internal abstract record VenueOutcome
{
    private VenueOutcome()
    {
    }

    /// <summary>It is committed; the venue as it is now.</summary>
    /// <param name="Venue">The venue.</param>
    /// <param name="IsNew">Whether it was registered now.</param>
    public sealed record Done(VenueModel Venue, bool IsNew = false) : VenueOutcome;

    /// <summary>The request is not well-formed; nothing was changed.</summary>
    public sealed record Invalid(IReadOnlyList<Refusal> Refusals) : VenueOutcome;

    /// <summary>Nobody registered this venue.</summary>
    public sealed record Unknown(string VenueId) : VenueOutcome;

    /// <summary>What is there does not allow it; nothing was changed.</summary>
    /// <param name="Refusal">Why.</param>
    /// <param name="Venue">The venue as it is.</param>
    public sealed record Conflict(Refusal Refusal, VenueModel Venue) : VenueOutcome;
}

/// <summary>
/// Changes of the register of venues by people: each is one transaction together with its audit row. Thread-safe.
/// </summary>
internal sealed class VenueDesk(FleetDatabase database, PlacesDataSet places, TimeProvider time)
{
    /// <summary>Registers a venue; the same again changes nothing.</summary>
    public async Task<VenueOutcome> RegisterAsync(VenueRequest request, string actor, CancellationToken ct)
    {
        var (venue, refusals) = VenueRequestRules.Read(request, places, Today());
        if (venue is null)
        {
            return new VenueOutcome.Invalid(refusals);
        }

        return await database.WriteAsync<VenueOutcome>(
            (connection, _) =>
            {
                if (VenueStore.Find(connection, venue.VenueId) is { } known)
                {
                    return known.IsRegisteredAs(venue)
                        ? new VenueOutcome.Done(known)
                        : new VenueOutcome.Conflict(
                            new Refusal(RefusalCode.VenueExists, "venueId", venue.VenueId), known);
                }

                // Only now: on the day itself it may have been told without.
                if (VenueRequestRules.CheckEvidence(venue.Steps[0].From, request.Evidence, Today()) is { } refusal)
                {
                    return new VenueOutcome.Invalid([refusal]);
                }

                VenueStore.Insert(connection, venue, Now(), actor);
                AuditLog.Write(connection, Change(actor, "venue.registered", null, venue));
                return new VenueOutcome.Done(venue, IsNew: true);
            },
            ct);
    }

    /// <summary>Changes name or addresses from now on, or the operator from a day on.</summary>
    public Task<VenueOutcome> ChangeAsync(
        string venueId, VenueDetailsRequest request, string actor, CancellationToken ct) =>
        database.WriteAsync<VenueOutcome>(
            (connection, _) =>
            {
                if (VenueStore.Find(connection, venueId) is not { } venue)
                {
                    return new VenueOutcome.Unknown(venueId);
                }

                if (venue.Life == VenueLife.Closed)
                {
                    return new VenueOutcome.Conflict(
                        new Refusal(RefusalCode.IllegalLife, "venueId", venueId), venue);
                }

                var (next, refusals) = VenueRequestRules.Change(venue, request, Today());
                if (next is null)
                {
                    return new VenueOutcome.Invalid(refusals);
                }

                var isTakenOver = next.Operators.Count > venue.Operators.Count;
                if (isTakenOver && next.Operators[^1].From < venue.Operators[^1].From)
                {
                    return new VenueOutcome.Conflict(
                        new Refusal(RefusalCode.StepTooEarly, "operatorFrom", request.OperatorFrom), venue);
                }

                if (next != venue)
                {
                    VenueStore.Update(connection, next);
                    if (isTakenOver)
                    {
                        VenueStore.AddOperator(connection, next, Now(), actor);
                    }

                    AuditLog.Write(connection, Change(actor, "venue.changed", venue, next));
                }

                return new VenueOutcome.Done(next);
            },
            ct);

    /// <summary>Changes a venue's life by the table of transitions.</summary>
    public async Task<VenueOutcome> ChangeLifeAsync(
        string venueId, VenueLifeRequest request, string actor, CancellationToken ct)
    {
        if (VenueRequestRules.LifeOf(request.Life) is not { } life)
        {
            return new VenueOutcome.Invalid([new Refusal(RefusalCode.BadLife, "life", request.Life)]);
        }

        if ((string.IsNullOrEmpty(request.On) ? Today() : DayText.Read(request.On)) is not { } on)
        {
            return new VenueOutcome.Invalid([new Refusal(RefusalCode.BadDay, "on", request.On)]);
        }

        return await database.WriteAsync<VenueOutcome>(
            (connection, _) =>
            {
                if (VenueStore.Find(connection, venueId) is not { } venue)
                {
                    return new VenueOutcome.Unknown(venueId);
                }

                var step = new VenueLifeStep(life, on)
                {
                    RecordedOn = Today(),
                    Evidence = request.Evidence?.Trim() ?? "",
                };
                var beyond = life == VenueLife.Closed ? SalesReportTable.LastDayOf(connection, venueId, on) : null;
                if (Check(venue, step, beyond) is { } refusal)
                {
                    return new VenueOutcome.Conflict(refusal, venue);
                }

                if (VenueRequestRules.CheckEvidence(on, request.Evidence, Today()) is { } unproven)
                {
                    return new VenueOutcome.Invalid([unproven]);
                }

                VenueStore.AddStep(connection, venue, step, Now(), actor);
                var next = venue with { Steps = [.. venue.Steps, step] };
                AuditLog.Write(connection, Change(actor, "venue.life", venue, next));
                return new VenueOutcome.Done(next);
            },
            ct);
    }

    /// <summary>Why a step cannot follow, or null.</summary>
    private Refusal? Check(VenueModel venue, VenueLifeStep step, DateOnly? reportedUntil) =>
        !VenueLifeRules.MayChange(venue.Life, step.Life)
            ? new Refusal(RefusalCode.IllegalLife, "life", step.Life.ToString().ToLowerInvariant())
        : !VenueLifeRules.MayBegin(venue.Steps[^1], step.From, Today())
            ? new Refusal(RefusalCode.StepTooEarly, "on", $"{step.From:yyyy-MM-dd}")
        : reportedUntil is { } day ? new Refusal(RefusalCode.ReportsBeyond, "on", $"{day:yyyy-MM-dd}")
        : null;

    private AuditEntry Change(string actor, string action, VenueModel? before, VenueModel after) =>
        new(Now(), actor, action, $"venue:{after.VenueId}", before, after);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private DateOnly Today() => places.Zone.DayOf(Now());
}
