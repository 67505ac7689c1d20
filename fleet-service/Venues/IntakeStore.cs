using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Venues;

/// <summary>
/// Takes documents one by one, some of them in each transaction, so that a large upload does not keep others from
/// writing. A row that is refused changes nothing and stops nothing.
/// </summary>
internal static class IntakeStore
{
    /// <summary>Takes the rows in their order.</summary>
    /// <param name="database">The database.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="take">Takes one document inside a transaction; writes only when it accepts.</param>
    /// <param name="ct">Gives up between two transactions: what was taken stays, and may be sent again.</param>
    public static async Task<IReadOnlyList<IntakeOutcome>> TakeAsync<TDraft>(
        FleetDatabase database, IReadOnlyList<IntakeRow<TDraft>> rows,
        Func<FleetConnection, TDraft, IntakeVerdict> take, CancellationToken ct)
        where TDraft : class
    {
        var outcomes = new List<IntakeOutcome>(rows.Count);
        foreach (var group in rows.Chunk(VenueLimits.DocumentsPerTransaction))
        {
            outcomes.AddRange(await database.WriteAsync(
                (connection, _) => group
                    .Select(row => new IntakeOutcome(row.Line, row.DocumentNumber, row.Draft is { } draft
                        ? take(connection, draft)
                        : new IntakeVerdict.Refused(row.Refusal!)))
                    .ToList(),
                ct));
        }

        return outcomes;
    }

    /// <summary>
    /// What a document of the same number means for a new one: null when there is none and it may be taken.
    /// </summary>
    /// <param name="first">The document that has the number, with its digest; null for none.</param>
    /// <param name="digest">The new one's digest.</param>
    public static IntakeVerdict? AgainstFirst((FirstDocument Document, byte[] Digest)? first, byte[] digest) =>
        first is not var (document, known) ? null
        : known.AsSpan().SequenceEqual(digest) ? new IntakeVerdict.Unchanged(document)
        : new IntakeVerdict.Refused(
            new Refusal(RefusalCode.ContradictsFirst, "documentNumber", document.DocumentNumber), document);
}
