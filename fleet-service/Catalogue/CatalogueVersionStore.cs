using KioskFleet.Service.Ledger;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Catalogue;

/// <summary>Who made a version of the catalogue and from what.</summary>
/// <param name="MadeBy">The person or program.</param>
/// <param name="Source">The file's name, or what stands for it.</param>
internal sealed record CatalogueOrigin(string MadeBy, string Source);

/// <summary>
/// One transaction that may make a version of the catalogue. Lives as long as the transaction; not thread-safe.
/// </summary>
internal sealed class CatalogueTurn
{
    private readonly CatalogueIndex _present;

    /// <summary>Begins with the present catalogue.</summary>
    public CatalogueTurn(FleetConnection connection, CatalogueIndex present, long nowUtcMs)
    {
        Connection = connection;
        _present = present;
        NowUtcMs = nowUtcMs;
    }

    /// <summary>The connection with the transaction.</summary>
    public FleetConnection Connection { get; }

    /// <summary>The present moment, Unix milliseconds UTC: one for the whole transaction.</summary>
    public long NowUtcMs { get; }

    /// <summary>The catalogue as it stands: the committed one, then the one made in this transaction.</summary>
    public CatalogueIndex Catalogue => Made ?? _present;

    /// <summary>The catalogue made in this transaction; null when none was.</summary>
    public CatalogueIndex? Made { get; private set; }

    /// <summary>
    /// The refusal of changes that would judge sales otherwise whose month was detached; null when there is none.
    /// </summary>
    public CatalogueOutcome<T>.Conflict? Detached<T>(IReadOnlyList<CatalogueChange> changes)
    {
        foreach (var span in CatalogueEdition.Of(_present, changes).Affected)
        {
            if (SealedMonthStore.MonthWithSales(Connection, span.FromUtcMs, span.ToUtcMs) is { } month)
            {
                return new CatalogueOutcome<T>.Conflict(CatalogueProblem.Detached, $"{month}: '{span.Sku}'.");
            }
        }

        return null;
    }

    /// <summary>Writes the next version: its changes, and what it judges otherwise.</summary>
    /// <param name="changes">At least one.</param>
    /// <param name="origin">Who made it and from what.</param>
    /// <returns>The version.</returns>
    public long Commit(IReadOnlyList<CatalogueChange> changes, CatalogueOrigin origin) =>
        Commit(CatalogueEdition.Of(_present, changes), origin);

    /// <summary>Writes a version that was prepared from the present catalogue.</summary>
    /// <exception cref="InvalidOperationException">It was prepared from another, or one was made already.</exception>
    public long Commit(CatalogueEdition edition, CatalogueOrigin origin)
    {
        var version = edition.Next.State.Version;
        if (Made is not null || version != _present.State.Version + 1 || edition.Changes.Count == 0)
        {
            throw new InvalidOperationException($"Version {version} does not follow {_present.State.Version}.");
        }

        using (var made = Connection.Prepare("""
            INSERT INTO catalogue_versions (version, made_utc_ms, made_by, source, affects_from_utc_ms)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """))
        {
            made.Set(1, version).Set(2, NowUtcMs).Set(3, origin.MadeBy).Set(4, origin.Source)
                .Set(5, edition.Affected.Count == 0 ? null : edition.Affected.Min(a => a.FromUtcMs)).Run();
        }

        using var table = new CatalogueChangeTable(Connection, version);
        foreach (var change in edition.Changes)
        {
            table.Write(change);
        }

        foreach (var span in edition.Affected)
        {
            table.Write(span);
        }

        Made = edition.Next;
        return version;
    }
}

/// <summary>
/// The one way to a new version of the catalogue: in one transaction with all that belongs to it; afterwards the new
/// snapshot is in force. Thread-safe.
/// </summary>
internal sealed class CatalogueVersionStore(
    FleetDatabase database, CurrentCatalogue current, PlacesDataSet places, TimeProvider time)
{
    /// <summary>The catalogue in force, to prepare a version from outside the writers' queue.</summary>
    public CatalogueIndex Present => current.Snapshot.Index;

    /// <summary>The present moment, Unix milliseconds UTC.</summary>
    public long NowUtcMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Runs work in the writers' queue, in one transaction.</summary>
    /// <returns>What the work returns.</returns>
    public async Task<T> ChangeAsync<T>(Func<CatalogueTurn, T> work, CancellationToken cancellationToken)
    {
        CatalogueIndex? made = null;
        var result = await database.WriteAsync(
            (connection, _) =>
            {
                var turn = new CatalogueTurn(connection, Held(connection), NowUtcMs);
                var worked = work(turn);
                made = turn.Made;
                return worked;
            },
            cancellationToken);
        if (made is not null)
        {
            current.Replace(CatalogueSnapshot.From(made));
        }

        return result;
    }

    /// <summary>The newest version, from memory unless another process made one meanwhile.</summary>
    private CatalogueIndex Held(FleetConnection connection)
    {
        if (CatalogueStore.Counting(connection).IsEmpty)
        {
            using var table = new CatalogueChangeTable(connection, 0);
            table.Write(CatalogueStore.FirstTerms(places, CatalogueStore.Version(connection)));
        }

        return CatalogueStore.Version(connection) == Present.State.Version
            ? Present
            : new CatalogueIndex(CatalogueStore.Read(connection, places));
    }
}
