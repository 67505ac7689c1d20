using KioskFleet.Service.Places;
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
}
