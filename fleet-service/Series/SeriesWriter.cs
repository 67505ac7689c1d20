using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Series;

/// <summary>
/// Follows the ledger with a cursor, counts what it finds, and sends the lines. A stretch is sent until the server took
/// it; lines that it refuses are found by halving and kept as dead letters with its words, and the rest goes on.
/// </summary>
internal sealed class SeriesWriter(
    SeriesLedger ledger, SeriesOutbox outbox, SeriesServer server, IOptions<SeriesOptions> options,
    TimeProvider time, ILogger<SeriesWriter> log)
    : LedgerFollower(time, TimeSpan.FromMilliseconds(options.Value.IdleMilliseconds))
{
    /// <summary>
    /// Sends what waits, and reads one stretch when nothing does; false when there was nothing to do or the server
    /// cannot be used now.
    /// </summary>
    internal override async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var waiting = outbox.Waiting();
        if (waiting.Count == 0)
        {
            var stretch = ledger.Read(outbox.Position(), options.Value.BatchEntries);
            if (stretch.LastPosition is null)
            {
                return false;
            }

            await outbox.TakeAsync(stretch, cancellationToken);
            return true;
        }

        var refused = new List<DeadLetter>();
        if (!await SendAsync(waiting, refused, cancellationToken))
        {
            return false;
        }

        await outbox.SentAsync(refused, cancellationToken);
        foreach (var letter in refused)
        {
            SeriesLog.Refused(log, letter.Line.Position, letter.Status, letter.Words);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override void Tell(Exception error) => SeriesLog.Failed(log, error);

    private async Task<bool> SendAsync(
        IReadOnlyList<SeriesLine> lines, List<DeadLetter> refused, CancellationToken cancellationToken)
    {
        switch (await server.WriteAsync(lines.Select(line => line.Text), cancellationToken))
        {
            case SeriesAnswer.Taken:
                return true;
            case SeriesAnswer.Unavailable unavailable:
                SeriesLog.Unavailable(log, unavailable.Words);
                return false;
            case SeriesAnswer.Refused answer when lines.Count == 1:
                refused.Add(new DeadLetter(lines[0], answer.Status, answer.Words));
                return true;
            default:
                // Written again, the good half changes nothing: a point is its measurement, tags and time.
                var half = lines.Count / 2;
                return await SendAsync([.. lines.Take(half)], refused, cancellationToken)
                    && await SendAsync([.. lines.Skip(half)], refused, cancellationToken);
        }
    }
}
