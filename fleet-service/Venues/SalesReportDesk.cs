using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Takes reports of sales: each is one document, accepted or refused on its own, in a transaction together with its
/// audit row. Thread-safe.
/// </summary>
internal sealed class SalesReportDesk(
    FleetDatabase database, PlacesDataSet places, SalesReportIntakeStore intake, TimeProvider time)
{
    private readonly SalesReportReader _reader = new(places);

    /// <summary>Takes documents in their order.</summary>
    /// <param name="requests">What was sent, by line; null with the reason where a line could not be read.</param>
    /// <param name="actor">Who sends.</param>
    /// <param name="ct">Gives up between two transactions.</param>
    public Task<IReadOnlyList<IntakeOutcome>> TakeAsync(
        IReadOnlyList<IntakeRow<SalesReportRequest>> requests, string actor, CancellationToken ct)
    {
        var today = places.Zone.DayOf(Now());
        var rows = requests.Select(row =>
        {
            var (draft, refusal) = row.Draft is { } request ? _reader.Read(request, today) : (null, row.Refusal);
            return new IntakeRow<SalesReportDraft>(row.Line, row.DocumentNumber, draft, refusal);
        }).ToList();
        return IntakeStore.TakeAsync(
            database, rows, (connection, draft) => intake.Take(connection, draft, (Now(), actor)), ct);
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
