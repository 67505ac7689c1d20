using KioskFleet.Service.Places;
using KioskFleet.Service.Tests.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.Places;

/// <summary>Every data set that is shipped beside the program: what holds of one holds of all.</summary>
public static class ShippedDataSets
{
    public static IReadOnlyList<string> All { get; } =
        [.. Directory.GetFiles(DataSetFile.ShippedFolder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f))
            .Order(StringComparer.Ordinal)];

    /// <summary>One case per data set.</summary>
    public static TheoryData<string> Names => [.. All];

    /// <summary>
    /// The same for a suite that runs over both engines: the data sets are dealt to them in turn, so that each is met
    /// once.
    /// </summary>
    public static TheoryData<string> OfRun =>
        [.. All.Where((_, number) => number % 2 == (TestEngine.IsPostgreSql ? 1 : 0))];
}
