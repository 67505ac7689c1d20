using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.RecordedSales;

namespace KioskFleet.Simulators.Replay;

/// <summary>The files of a replay, read. Immutable.</summary>
/// <param name="Book">The recorded sales; one cabinet or more.</param>
/// <param name="Products">The products; null when no file was named.</param>
/// <param name="ShiftedYears">By how many years the sales are moved.</param>
internal sealed record ReplayFiles(RecordedSalesBook Book, RecordedProducts? Products, int ShiftedYears)
{
    /// <summary>The first instant of the replay, UTC: the first sale's.</summary>
    public DateTimeOffset StartUtc => TimeShift.Moved(FirstOf(Book), ShiftedYears);

    /// <summary>The first instant after it, UTC.</summary>
    public DateTimeOffset EndUtc => TimeShift.Moved(
        Book.Cabinets.Max(static cabinet => cabinet.Events[^1].AtUtc), ShiftedYears).AddSeconds(1);

    /// <summary>Reads the files; gives them, or what is wrong with one of them.</summary>
    /// <param name="options">The options.</param>
    /// <param name="recognisedBy">The county whose recognition the aid categories stand for.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static (ReplayFiles? Files, string? Problem) Read(ReplayOptions options, CountyCode recognisedBy)
    {
        var (book, problem) = RecordedSalesBook.Load(
            options.SalesFile, new RecordedSalesOptions { Columns = options.Columns, Encoding = options.Encoding });
        if (book is null || book.Cabinets.Count == 0)
        {
            return (null, $"{options.SalesFile}: {problem ?? $"none of {book!.RowsRead} rows can be replayed."}");
        }

        var years = TimeShift.YearsFor(FirstOf(book));
        if (options.ProductsFile is not { } path)
        {
            return (new ReplayFiles(book, null, years), null);
        }

        (var products, problem) = RecordedProducts.Load(path, new RecordedProductsOptions
        {
            Encoding = options.Encoding,
            AidCategories = options.AidCategories,
            AidCounty = recognisedBy,
        });
        return products is { UnusedAidCategories.Count: 0 }
            ? (new ReplayFiles(book, products, years), null)
            : (null, $"{path}: "
                + (problem ?? $"no product has the category {string.Join(", ", products!.UnusedAidCategories)}."));
    }

    /// <summary>What a fleet goes through.</summary>
    /// <param name="county">Where the cabinets stand.</param>
    public FleetLoad Load(CountyCode county) => new()
    {
        Catalogue = Products?.Rows ?? [],
        Cabinets = [.. Book.Cabinets.Select(cabinet => Cabinet(cabinet, county))],
        Rows = [.. Book.Cabinets.Select(static cabinet => new LoadRow(cabinet.Id.Value, cabinet.Id.Value))],
        StartUtc = StartUtc,
        EndUtc = EndUtc,
        Events = Book.Cabinets.ToDictionary(
            static cabinet => cabinet.Id.Value, static cabinet => (long)cabinet.Events.Count),
        Step = TimeSpan.FromDays(30),
    };

    private static DateTimeOffset FirstOf(RecordedSalesBook book) =>
        book.Cabinets.Min(static cabinet => cabinet.Events[0].AtUtc);

    private LoadCabinet Cabinet(RecordedCabinet cabinet, CountyCode county) => new()
    {
        Id = cabinet.Id,
        County = county,
        SiteName = cabinet.Place,
        Row = cabinet.Id.Value,
        Events = () => cabinet.Events.Select(happening => TimeShift.Moved(happening, ShiftedYears)),
    };
}
