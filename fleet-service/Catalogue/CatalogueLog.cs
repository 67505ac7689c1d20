using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Catalogue;

/// <summary>Log messages of Catalogue: event ids 2500–2599.</summary>
internal static partial class CatalogueLog
{
    [LoggerMessage(2500, LogLevel.Information, "Import of {Source} by {MadeBy}: {Changed} rows changed the catalogue, "
        + "{Unchanged} were known, {Refused} were refused; version {Version} is in force")]
    public static partial void Imported(
        ILogger log, string source, string madeBy, int changed, int unchanged, int refused, long version);

    [LoggerMessage(2501, LogLevel.Warning, "Import of {Source} by {MadeBy} was refused as a whole: {Problem}")]
    public static partial void FileRefused(ILogger log, string source, string madeBy, TableProblem problem);

    [LoggerMessage(2502, LogLevel.Information, "Catalogue version {Version} with {Skus} SKUs is in force")]
    public static partial void Loaded(ILogger log, long version, int skus);

    [LoggerMessage(2503, LogLevel.Warning, "By data set {DataSet} other listings count from now on: {Counted}; version "
        + "{Version} is in force")]
    public static partial void CountingChanged(
        ILogger log, string dataSet, CountedListings counted, long version);
}
