namespace KioskFleet.Service.Places;

/// <summary>One thing wrong in a data file.</summary>
/// <param name="Path">Where, as a JSON path: <c>$.counties[3].code</c>.</param>
/// <param name="Got">What stands there.</param>
/// <param name="Takes">What could stand there.</param>
internal sealed record DataSetFinding(string Path, string Got, Bilingual Takes)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: got {Got}; takes {Takes.En}";
}

/// <summary>What members of a data set take, in both languages. Thread-safe.</summary>
internal static class DataSetTexts
{
    private static readonly TwoLanguages Texts = new("KioskFleet.Service.Places.DataSetText");

    /// <summary>A text with its places filled in.</summary>
    public static Bilingual Of(string key, params ReadOnlySpan<object?> values) => Texts.Of(key, values);
}

/// <summary>A data file cannot be used. The message holds every finding; the program does not start.</summary>
internal sealed class DataSetException : Exception
{
    /// <summary>Makes the exception from everything that is wrong with one file.</summary>
    public DataSetException(string file, IReadOnlyList<DataSetFinding> findings)
        : base($"{file}: {findings.Count} finding(s):{Environment.NewLine}"
            + string.Join(Environment.NewLine, findings.Select(f => "  " + f)))
    {
        Findings = findings;
    }

    /// <summary>Everything that is wrong, in the order of the file.</summary>
    public IReadOnlyList<DataSetFinding> Findings { get; }
}
