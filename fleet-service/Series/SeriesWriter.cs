using KioskFleet.Service.Replicas;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Series;

/// <summary>
/// Follows the ledger with a cursor, counts what it finds, and sends the lines. A stretch is sent until the server took
/// it, and once more when the server was restarted soon after. What it refuses is kept apart, and the rest goes on.
/// </summary>
internal sealed class SeriesWriter(
    SeriesLedger ledger, SeriesOutbox outbox, SeriesDelivery delivery, IOptions<SeriesOptions> options, Leases leases,
    ILogger<SeriesWriter> log)
    : LedgerFollower(leases, "series", TimeSpan.FromMilliseconds(options.Value.IdleMilliseconds))
{
    /// <summary>
    /// What was sent before a new connection is kept longer: until it was sent once more, or the server closes every
    /// connection.
    /// </summary>
    private const int UnsettledTimes = 6;

    private long? _connections;
    private long? _sentAgainAt;
    private (SeriesLine Line, long SentAt)? _unsettled;

    private TimeSpan Keep => TimeSpan.FromSeconds(options.Value.KeepSentSeconds);

    /// <summary>
    /// Sends what waits, and reads one stretch when nothing does; false when there was nothing to do or the server
    /// cannot be used now.
    /// </summary>
    internal override async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        await SendAgainAsync(cancellationToken);

        var waiting = outbox.Waiting();
        if (waiting.Lines.Count == 0)
        {
            var position = outbox.Position();
            var stretch = ledger.Read(position, options.Value.BatchEntries);
            if (stretch.LastPosition is null)
            {
                await SettleAsync(cancellationToken);
                return false;
            }

            await outbox.TakeAsync(position, stretch, cancellationToken);
            return true;
        }

        var refused = new List<DeadLetter>();
        if (!await delivery.SendAsync(waiting.Lines, refused, cancellationToken))
        {
            return false;
        }

        if (waiting.IsAll && delivery.Server.Connections != _connections && !outbox.KeepsSent())
        {
            // All that could be lost went over the new connection just now.
            _connections = delivery.Server.Connections;
        }

        await outbox.SentAsync(
            waiting.LastNumber, refused, delivery.Server.Connections == _connections ? Keep : UnsettledTimes * Keep,
            cancellationToken);
        _unsettled = (waiting.Lines[^1], Time.GetTimestamp());
        foreach (var letter in refused)
        {
            SeriesLog.Refused(log, letter.Line.Position, letter.Status, letter.Words);
        }

        return true;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Nobody knows what the server had on its disk when the process that wrote before ended, perhaps together with it.
    /// </remarks>
    protected override void Begin() => (_connections, _sentAgainAt) = (null, null);

    /// <inheritdoc/>
    protected override void Tell(Exception error) => SeriesLog.Failed(log, error);

    /// <summary>
    /// A new connection is all that tells of a server that was killed, and that may have lost what it took last. One
    /// that is made while this is written again is found later; a server that closes every connection is written to
    /// twice, not for ever.
    /// </summary>
    private async Task SendAgainAsync(CancellationToken cancellationToken)
    {
        var made = delivery.Server.Connections;
        if (made != _connections && (_sentAgainAt is not { } at || Time.GetElapsedTime(at) >= Keep))
        {
            await outbox.SendAgainAsync(cancellationToken);
            (_connections, _sentAgainAt) = (made, Time.GetTimestamp());
        }
    }

    /// <summary>
    /// When nothing new came for a while, writes the last line once more: only so is it found that the server was
    /// killed just after it took it.
    /// </summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (_unsettled is { } last
            && Time.GetElapsedTime(last.SentAt) >= Keep
            && await delivery.Server.WriteAsync([last.Line.Text], cancellationToken) is not SeriesAnswer.Unavailable)
        {
            _unsettled = null;
        }
    }
}
