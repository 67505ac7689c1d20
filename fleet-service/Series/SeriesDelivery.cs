namespace KioskFleet.Service.Series;

/// <summary>
/// Brings lines to the server. What it refuses is found by halving and kept as dead letters with its words, and the
/// rest goes on. One caller at a time for each list of lines.
/// </summary>
internal sealed class SeriesDelivery(SeriesServer server, SeriesOutbox outbox, ILogger<SeriesDelivery> log)
{
    private const int LinesPerRequest = 5_000;

    /// <summary>The server.</summary>
    public SeriesServer Server => server;

    /// <summary>Sends lines of the ledger; their dead letters are the caller's to keep.</summary>
    /// <param name="lines">The lines; at least one.</param>
    /// <param name="refused">Gets those that the server refused.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when the server cannot be used now: the same lines are to be sent again.</returns>
    public async Task<bool> SendAsync(
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

    /// <summary>Sends lines that are of no ledger entry, and keeps what is refused of them.</summary>
    /// <returns>False when the server cannot be used now; what it took until then it has.</returns>
    public async Task<bool> TellAsync(IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        foreach (var some in lines.Chunk(LinesPerRequest))
        {
            var refused = new List<DeadLetter>();
            var isUsable = await SendAsync(
                [.. some.Select(line => new SeriesLine(SeriesLine.NoEntry, line))], refused, cancellationToken);
            if (refused.Count > 0)
            {
                SeriesLog.GaugesRefused(log, refused.Count, refused[0].Status, refused[0].Words);
                await outbox.KeepAsync(refused, cancellationToken);
            }

            if (!isUsable)
            {
                return false;
            }
        }

        return true;
    }
}
