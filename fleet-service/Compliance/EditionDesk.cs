using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KioskFleet.Service.Access;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Compliance;

/// <summary>What became of a wish for an edition. A closed set.</summary>
internal abstract record EditionOutcome
{
    private EditionOutcome()
    {
    }

    /// <summary>It is sealed.</summary>
    public sealed record Made(Edition Edition) : EditionOutcome;

    /// <summary>The newest edition tells the same figures.</summary>
    public sealed record Unchanged(Edition Newest) : EditionOutcome;
}

/// <summary>
/// Seals editions: those that are due, and one that a person wants now. The figures and the heads they stand on are
/// read in the writers' turn, so that both are of one moment; they are judged and written down outside of it. One
/// edition is made at a time. Thread-safe.
/// </summary>
internal sealed class EditionDesk(
    FleetDatabase database, StandingsReader reader, EditionStore editions, EditionLookStore looks, HeadsStore heads,
    TimeProvider time) : IDisposable
{
    /// <summary>Who makes the editions that are due.</summary>
    public const string Service = "service";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>Seals what is due; returns the editions made, oldest window first.</summary>
    public async Task<IReadOnlyList<Edition>> RunDueAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await looks.LookAsync(cancellationToken);
            var calendar = new EditionCalendar(looks.Days(), editions.NewestOfEach(), looks.Checks())
            {
                Billed = looks.Billed(),
            };
            var made = new List<Edition>();
            foreach (var window in EditionSchedule.Due(calendar, reader.Policies, reader.Zone, time.GetUtcNow()))
            {
                if (await SealAsync(window, Service, cancellationToken) is EditionOutcome.Made edition)
                {
                    made.Add(edition.Edition);
                }
            }

            return made;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Seals a window as it stands now: marked provisional while late data is expected. Nothing is made when the newest
    /// edition tells the same figures.
    /// </summary>
    public async Task<EditionOutcome> MakeAsync(
        JudgingWindow window, string actor, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await looks.LookAsync(cancellationToken);
            return await SealAsync(window, actor, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The bytes of the newest final edition of a window; null when there is none.</summary>
    public byte[]? NewestFinal(JudgingWindow window) =>
        editions.Newest(window) is { Provisional: false } edition ? editions.Content(edition.EditionId) : null;

    /// <summary>Says that an edition was corrected since, by which and in what; null while it stands.</summary>
    public CorrectedSince? CorrectedSince(Edition edition)
    {
        if (editions.Correction(edition) is not { } later)
        {
            return null;
        }

        var changes = later.ChangesJson is { } json
            ? JsonSerializer.Deserialize<EditionChanges>(json, Json)!
            : new EditionChanges(0, []);
        return new CorrectedSince(
            later.EditionId, later.Number, later.Provisional, DateTimeOffset.FromUnixTimeMilliseconds(later.MadeUtcMs),
            changes.Count, changes.Changes);
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private sealed record Read(EditionReport Report, string HeadsSha256, string Generation, long Look);

    private async Task<EditionOutcome> SealAsync(JudgingWindow window, string by, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(window, cancellationToken);
        var now = time.GetUtcNow();
        var newest = editions.Newest(window);
        var provisional = newest is not { Provisional: false }
            && now < EditionSchedule.FinalFrom(window, reader.Policies, reader.Zone);
        var content = EditionContent.Of(read.Report, reader.Places.DataSet, provisional);
        var isNew = newest is null || newest.Provisional != provisional
            || newest.FiguresSha256 != content.FiguresSha256;
        var changes = newest is not null && newest.FiguresSha256 != content.FiguresSha256
            ? EditionDifference.Between(editions.Content(newest.EditionId)!, content.Bytes)
            : null;
        return await database.WriteAsync<EditionOutcome>(
            (connection, _) =>
            {
                EditionLookStore.Checked(connection, window, read.Look);
                if (!isNew)
                {
                    return new EditionOutcome.Unchanged(newest!);
                }

                var seal = new EditionSeal(
                    content, read.Report, (newest?.Number ?? 0) + 1, provisional, (now.ToUnixTimeMilliseconds(), by),
                    (read.Generation, read.HeadsSha256), EditionStore.LastSeal(connection));
                var edition = EditionStore.Insert(connection, new NewEdition(
                    window, seal, changes is null ? null : JsonSerializer.Serialize(changes, Json)));
                if (by != Service)
                {
                    AuditLog.Write(connection, new AuditEntry(
                        now.ToUnixTimeMilliseconds(), by, "edition.made", $"edition:{edition.EditionId}", null,
                        new { window = window.Name, edition.Number, provisional, sha256 = edition.ContentSha256 }));
                }

                return new EditionOutcome.Made(edition);
            },
            cancellationToken);
    }

    /// <summary>Reads in the writers' turn: nobody commits between figures, heads and the mark of the look.</summary>
    private async Task<Read> ReadAsync(JudgingWindow window, CancellationToken cancellationToken)
    {
        WindowAnswer answer;
        string headsSha256, generation;
        long look;
        using (await database.Writers.EnterAsync(cancellationToken))
        {
            answer = reader.ReadWhole(window, time.GetUtcNow());
            headsSha256 = heads.Digest();
            using var connection = database.OpenReader();
            generation = EditionStore.Generation(connection);
            look = EditionLookStore.Last(connection);
        }

        var frame = new PlaceFrame(window, answer.Context, reader.Places);
        PlaceLevel[] levels =
            [PlaceLevel.OperatorInCounty, PlaceLevel.Operator, PlaceLevel.County, PlaceLevel.City];
        return new Read(
            new EditionReport(
                ShownWindow.Of(window, reader.Zone),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.Zone.StartOfUtcMs(window.To)),
                answer.Context.CatalogueVersion ?? 0,
                answer.Judged.Rows,
                [.. levels.SelectMany(l => PlaceStandingsRule.Of(l, answer.Sales, answer.Judged, frame))]),
            headsSha256, generation, look);
    }
}
