using KioskFleet.Service.Catalogue;
using KioskFleet.Service.Tests.Ledger;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>
/// The catalogue of a history. It changes from now on, or is corrected with effect in the past; either way the facts
/// are changed first, and the service is told the difference by its own door, so that the affected spans are its own.
/// After a correction the re-judging is due: whoever compares runs it before.
/// </summary>
internal sealed class HistoryCatalogue(History history)
{
    private const long Day = JournalOnPaper.DayMs;

    private readonly HashSet<string> _products = [];
    private readonly Dictionary<OracleListing, long?> _listings = [];
    private readonly Dictionary<OracleMapping, long?> _mappings = [];
    private bool _isSweepDue;

    private Chance Chance => history.Chance;

    private OracleFacts Facts => history.Facts;

    /// <summary>Counties of this city and of another one, and the national list: which of them count is the data set's.
    /// </summary>
    private string Recogniser => Chance.Of([.. history.Counties, history.Counties[0], "national", "110101"]);

    /// <summary>A listing begins or ends from now on: what is sold already stays what it was.</summary>
    public Task ChangeListingAsync()
    {
        var (product, by) = (Chance.Of(History.Products), Recogniser);
        var present = Facts.Listings.Find(
            l => l.Product == product && l.By == by && !(l.To <= history.Now));
        if (present is null)
        {
            Facts.Listings.Add(new OracleListing
            {
                Product = product, By = by, From = Later(), To = Chance.OneIn(3) ? Later() + 1 : null,
            });
        }
        else if (present.From < history.Now)
        {
            present.To = Math.Max(history.Now, present.From + 1);
        }

        Facts.Listings.RemoveAll(l => l.To <= l.From);
        return TellAsync();
    }

    /// <summary>A mapping begins or ends from now on.</summary>
    public Task ChangeMappingAsync()
    {
        var (sku, owner) = (Chance.Of(History.Skus), Owner());
        var present = Facts.Mappings.Find(m => m.Sku == sku && m.Operator == owner && !(m.To <= history.Now));
        if (present is null)
        {
            Facts.Mappings.Add(new OracleMapping
            {
                Sku = sku, Operator = owner, Product = Chance.Of(History.Products), From = Later(),
            });
        }
        else if (present.From < history.Now)
        {
            present.To = history.Now;
        }

        return TellAsync();
    }

    /// <summary>A listing that was there already, never was, or ended at another time: sold goods were something else.
    /// </summary>
    public Task CorrectListingAsync()
    {
        var wanted = new OracleListing
        {
            Product = Chance.Of(History.Products), By = Recogniser, From = Earlier(), To = End(history.Now - 40 * Day),
        };
        var others = Facts.Listings.FindAll(l => l.Product == wanted.Product && l.By == wanted.By);
        return CorrectAsync(Facts.Listings, wanted, others, l => (l.From, l.To), (l, to) => l.To = to);
    }

    /// <summary>The same of a mapping.</summary>
    public Task CorrectMappingAsync()
    {
        var wanted = new OracleMapping
        {
            Sku = Chance.Of(History.Skus), Operator = Owner(), Product = Chance.Of(History.Products), From = Earlier(),
            To = End(history.Now - 40 * Day),
        };
        var others = Facts.Mappings.FindAll(m => m.Sku == wanted.Sku && m.Operator == wanted.Operator);
        return CorrectAsync(Facts.Mappings, wanted, others, m => (m.From, m.To), (m, to) => m.To = to);
    }

    /// <summary>Judges again what corrections affect, in pieces of some size.</summary>
    /// <returns>How many sales changed.</returns>
    public async Task<long> SweepAsync()
    {
        if (!_isSweepDue)
        {
            return 0;
        }

        _isSweepDue = false;
        return await history.Service.SweepAsync(1 + Chance.Below(4));
    }

    private string? Owner() => Chance.OneIn(3) ? Chance.Of(History.Operators) : null;

    private long Later() => history.Now + (Chance.OneIn(2) ? 0 : Chance.Below(500_000_000));

    private long Earlier() => history.Now - Chance.Below(40) * Day - Chance.Below(86_400_000);

    private long? End(long after) => Chance.OneIn(2) ? null : after + Chance.Below(70) * Day;

    /// <summary>Adds, takes away or moves the end, where no two would be in force at once.</summary>
    private Task CorrectAsync<T>(
        List<T> all, T wanted, List<T> others, Func<T, (long From, long? To)> span, Action<T, long?> moveEnd)
        where T : class
    {
        if (others.Count > 0 && Chance.OneIn(4))
        {
            all.Remove(Chance.Of(others));
            return TellAsync();
        }

        var changed = others.Count > 0 && Chance.OneIn(2) ? Chance.Of(others) : wanted;
        var (from, to) = (span(changed).From, span(wanted).To);
        if (to <= from || others.Exists(o => o != changed && !(span(o).To <= from) && !(to <= span(o).From)))
        {
            return Task.CompletedTask;
        }

        moveEnd(changed, to);
        if (changed == wanted)
        {
            all.Add(wanted);
        }

        return TellAsync();
    }

    private async Task TellAsync()
    {
        var changes = new List<CatalogueChange>();
        foreach (var product in History.Products.Where(_products.Add))
        {
            changes.Add(new CatalogueChange.ProductAdded(new Product(product, product)));
        }

        changes.AddRange(Differences(_listings, Facts.Listings, l => l.To).Select(CatalogueChange (d) =>
        {
            var listing = new Listing(d.Fact.Product, d.Fact.By, new InForce(d.Fact.From, d.End));
            return d.What switch
            {
                Difference.Removed => new CatalogueChange.ListingRemoved(listing),
                Difference.Added => new CatalogueChange.ListingAdded(listing),
                _ => new CatalogueChange.ListingEndMoved(listing, d.Before),
            };
        }));
        changes.AddRange(Differences(_mappings, Facts.Mappings, m => m.To).Select(CatalogueChange (d) =>
        {
            var mapping = new SkuMapping(
                d.Fact.Operator, d.Fact.Sku, d.Fact.Product, new InForce(d.Fact.From, d.End));
            return d.What switch
            {
                Difference.Removed => new CatalogueChange.MappingRemoved(mapping),
                Difference.Added => new CatalogueChange.MappingAdded(mapping),
                _ => new CatalogueChange.MappingEndMoved(mapping, d.Before),
            };
        }));
        if (changes.Count > 0)
        {
            await history.Service.ChangeCatalogueAsync(changes);
            _isSweepDue = true;
        }
    }

    private static List<(T Fact, Difference What, long? Before, long? End)> Differences<T>(
        Dictionary<T, long?> told, List<T> facts, Func<T, long?> end)
        where T : class
    {
        var differences = new List<(T, Difference, long?, long?)>();
        foreach (var gone in told.Keys.Except(facts).ToList())
        {
            differences.Add((gone, Difference.Removed, told[gone], told[gone]));
            told.Remove(gone);
        }

        foreach (var fact in facts)
        {
            var isTold = told.TryGetValue(fact, out var before);
            if (!isTold || before != end(fact))
            {
                differences.Add((fact, isTold ? Difference.EndMoved : Difference.Added, before, end(fact)));
            }

            told[fact] = end(fact);
        }

        return differences;
    }

    private enum Difference
    {
        Added,
        Removed,
        EndMoved,
    }
}
