using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Rejudging;
using KioskFleet.Service.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace KioskFleet.Service.Tests.Rejudging;

/// <summary>
/// A catalogue that is changed version by version over a rig's ledger. Says itself, as plainly as it can, what a SKU
/// counts as and which spans a version changes: nothing of the product's classifying is used.
/// </summary>
internal sealed class CatalogueOnPaper
{
    private readonly BooksRig _books;

    public CatalogueOnPaper(BooksRig books)
    {
        _books = books;
        State = new CatalogueState(
            books.Catalogue.Snapshot.Version,
            [new Product("tea", "Tea"), new Product("cola", "Cola")],
            [new Listing("tea", books.County,
                new InForce(BooksRig.StartUtcMs - 400 * JournalOnPaper.DayMs, BooksRig.TeaDelistedUtcMs))],
            [
                new SkuMapping(null, "tea", "tea", InForce.Always),
                new SkuMapping(null, "cola", "cola", InForce.Always),
                new SkuMapping("op-b", "box", "tea", InForce.Always),
            ])
        {
            Counting = books.Catalogue.Snapshot.Index.State.Counting,
        };
    }

    /// <summary>The newest version, in force or only on record.</summary>
    public CatalogueState State { get; private set; }

    /// <summary>A new version on record with its affected spans; not in force yet.</summary>
    public CatalogueOnPaper Record(Func<CatalogueState, CatalogueState> change, string by = "two persons")
    {
        var before = State;
        State = change(before) with { Version = before.Version + 1 };
        _books.Files.Run($"""
            INSERT INTO catalogue_versions (version, made_utc_ms, made_by, source, affects_from_utc_ms)
            VALUES ({State.Version}, {_books.Time.GetUtcNow().ToUnixTimeMilliseconds()}, '{by}', 'late papers', NULL)
            """);
        foreach (var (owner, sku, from, to) in Affected(before, State))
        {
            _books.Files.Run($"""
                INSERT INTO catalogue_affected (version, operator_id, sku, from_utc_ms, to_utc_ms)
                VALUES ({State.Version}, '{owner}', '{sku}', {from}, {(to is null ? "NULL" : $"{to}")})
                """);
        }

        return this;
    }

    /// <summary>Puts the newest version in force.</summary>
    public void PutInForce() => _books.Catalogue.Replace(CatalogueSnapshot.From(State));

    /// <summary>A new version, on record and in force.</summary>
    public void Change(Func<CatalogueState, CatalogueState> change, string by = "two persons") =>
        Record(change, by).PutInForce();

    public void List(string product, long fromUtcMs, long? toUtcMs = null) => Change(s => s with
    {
        Listings = s.Listings.Add(new Listing(product, _books.OtherCounty, new InForce(fromUtcMs, toUtcMs))),
    });

    public void Map(string? owner, string sku, string product, long fromUtcMs = 0) => Change(s => s with
    {
        Mappings = s.Mappings.Add(new SkuMapping(owner, sku, product, new InForce(fromUtcMs, null))),
    });

    public RejudgingSweep NewSweep(RejudgingPace? pace = null) =>
        new(_books.Database, _books.Catalogue, _books.Time, NullLogger<RejudgingSweep>.Instance)
        {
            Pace = pace ?? new RejudgingPace(),
        };

    public async Task<RejudgingRun> Sweep(RejudgingPace? pace = null)
    {
        using var sweep = NewSweep(pace);
        return await sweep.RunAsync(BooksRig.Stop);
    }

    /// <summary>What a SKU counts as: 1 aid, 2 ordinary, 3 unmapped.</summary>
    public static int ClassOf(CatalogueState state, string owner, string sku, long utcMs)
    {
        var mapping = state.Mappings.FirstOrDefault(
                m => m.Sku == sku && m.OperatorId == owner && m.InForce.Contains(utcMs))
            ?? state.Mappings.FirstOrDefault(
                m => m.Sku == sku && m.OperatorId is null && m.InForce.Contains(utcMs));
        return mapping is null ? 3
            : state.Listings.Any(l => l.ProductId == mapping.ProductId && l.InForce.Contains(utcMs)) ? 1 : 2;
    }

    private static IEnumerable<(string Owner, string Sku, long From, long? To)> Affected(
        CatalogueState before, CatalogueState after)
    {
        var moments = new[] { before, after }
            .SelectMany(s => s.Listings.Select(l => l.InForce).Concat(s.Mappings.Select(m => m.InForce)))
            .SelectMany(f => f.ToUtcMs is { } to ? [f.FromUtcMs, to] : new[] { f.FromUtcMs })
            .Distinct().Order().ToList();
        var mappings = before.Mappings.Concat(after.Mappings).ToList();
        foreach (var sku in mappings.Select(m => m.Sku).Distinct())
        {
            // '' stands for every operator without a mapping of its own.
            foreach (var owner in mappings.Where(m => m.Sku == sku).Select(m => m.OperatorId ?? "").Append("")
                .Distinct())
            {
                for (var i = 0; i < moments.Count; i++)
                {
                    if (ClassOf(before, owner, sku, moments[i]) != ClassOf(after, owner, sku, moments[i]))
                    {
                        yield return (owner, sku, moments[i], i + 1 < moments.Count ? moments[i + 1] : null);
                    }
                }
            }
        }
    }
}
