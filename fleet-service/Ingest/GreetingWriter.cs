using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Ingest;

/// <summary>
/// Hears hellos and keeps the evidence of refused messages, many in one transaction. One caller at a time.
/// </summary>
internal sealed class GreetingWriter(FleetDatabase database, TimeProvider time, IngestOptions options)
{
    /// <summary>Writes them.</summary>
    /// <returns>One outcome per greeting, in order.</returns>
    /// <exception cref="System.Data.Common.DbException">The database cannot be written.</exception>
    /// <exception cref="CommitOutcomeUnknownException">Nobody knows; send no receipts.</exception>
    public async Task<IReadOnlyList<HelloOutcome>> WriteAsync(
        IReadOnlyList<IngestItem.Greeting> greetings, IReadOnlyList<IngestItem.Refused> refused,
        CancellationToken cancellationToken)
    {
        using var turn = await database.Writers.EnterFirstAsync(isReceiptAwaited: false, cancellationToken);
        using var session = new LedgerSession(database);
        using var evidence = new RefusedMessageTable(session.Connection);
        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        session.Begin();
        try
        {
            var outcomes = new List<HelloOutcome>(greetings.Count);
            foreach (var greeting in greetings)
            {
                outcomes.Add(HelloBook.Hear(session, greeting.Hello, nowUtcMs));
            }

            foreach (var message in refused)
            {
                evidence.Keep(message, nowUtcMs);
            }

            if (refused.Count > 0)
            {
                evidence.Trim(options.MaxRefusedMessages, options.MaxRefusedBytes);
            }

            session.Commit();
            return outcomes;
        }
        catch (Exception error) when (error is not CommitOutcomeUnknownException)
        {
            session.Rollback();
            throw;
        }
    }
}
