using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Series;

/// <summary>
/// Follows the ledger with a cursor and writes what it finds. The cursor moves only when the server took a stretch;
/// lines that it refuses are found by halving and kept as dead letters with its words, and the rest goes on.
/// </summary>
internal sealed class SeriesWriter(
    SeriesLedger ledger, SeriesCursor cursor, SeriesServer server, IOptions<SeriesOptions> options,
    TimeProvider time, ILogger<SeriesWriter> log)
    : LedgerFollower(time, TimeSpan.FromMilliseconds(options.Value.IdleMilliseconds))
{
    /// <summary>Writes one stretch; false when there was nothing to do or the server cannot be used now.</summary>
    internal override async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var stretch = ledger.Read(cursor.Position(), options.Value.BatchEntries);
        if (stretch.LastPosition is not { } last)
        {
            return false;
        }

        var refused = new List<DeadLetter>();
        if (stretch.Points.Count > 0 && !await WriteAsync(stretch.Points, refused, cancellationToken))
        {
            return false;
        }

        await cursor.MoveAsync(last, refused, cancellationToken);
        foreach (var letter in refused)
        {
            SeriesLog.Refused(log, letter.Position, letter.Status, letter.Words);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void Tell(Exception error) => SeriesLog.Failed(log, error);

    private async Task<bool> WriteAsync(
        IReadOnlyList<SeriesPoint> points, List<DeadLetter> refused, CancellationToken ct)
    {
        switch (await server.WriteAsync(points.Select(p => p.Line()), ct))
        {
            case SeriesAnswer.Taken:
                return true;
            case SeriesAnswer.Unavailable unavailable:
                SeriesLog.Unavailable(log, unavailable.Words);
                return false;
            case SeriesAnswer.Refused answer when points.Count == 1:
                refused.Add(new DeadLetter(points[0].Position, points[0].Line(), answer.Status, answer.Words));
                return true;
            default:
                // Written again, the good half changes nothing: a point is its measurement, tags and time.
                var half = points.Count / 2;
                return await WriteAsync([.. points.Take(half)], refused, ct)
                    && await WriteAsync([.. points.Skip(half)], refused, ct);
        }
    }
}
