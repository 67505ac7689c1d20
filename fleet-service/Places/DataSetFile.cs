namespace KioskFleet.Service.Places;

/// <summary>Finds and reads a data file. Thread-safe.</summary>
internal static class DataSetFile
{
    /// <summary>Largest data file, in bytes.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The folder of the shipped data sets, beside the program.</summary>
    public static string ShippedFolder => Path.Combine(AppContext.BaseDirectory, "Places", "data");

    /// <summary>Reads a data set by the shipped name or by path.</summary>
    /// <exception cref="DataSetException">There is no such data set, or findings stand against it.</exception>
    public static PlacesDataSet Load(string nameOrPath)
    {
        const string Setting = $"{PlacesOptions.Section}:{nameof(PlacesOptions.DataSet)}";
        var shipped = Path.Combine(ShippedFolder, nameOrPath + ".json");
        var file = new FileInfo(nameOrPath.Length > 0 && !nameOrPath.Contains('/', StringComparison.Ordinal)
            && File.Exists(shipped) ? shipped : Path.GetFullPath(nameOrPath.Length > 0 ? nameOrPath : "."));
        if (!file.Exists || file.Length > MaxBytes)
        {
            var names = (Directory.Exists(ShippedFolder) ? Directory.GetFiles(ShippedFolder, "*.json") : [])
                .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);
            throw new DataSetException(Setting, [new DataSetFinding(
                Setting,
                file.Exists ? $"'{nameOrPath}' of {file.Length} bytes" : $"'{nameOrPath}', which is not there",
                DataSetTexts.Of("DataFile", string.Join(", ", names), MaxBytes))]);
        }

        var reading = DataSetReader.Read(File.ReadAllBytes(file.FullName));
        return reading.DataSet ?? throw new DataSetException(file.FullName, reading.Findings);
    }
}
