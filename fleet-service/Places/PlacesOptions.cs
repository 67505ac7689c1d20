namespace KioskFleet.Service.Places;

/// <summary>Which city and year the service works for. Section <c>Places</c>; immutable.</summary>
internal sealed record PlacesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Places";

    /// <summary>The name of a shipped data set, or the path of a data file. Default <c>chuzhou-2020</c>.</summary>
    public string DataSet { get; init; } = "chuzhou-2020";
}
