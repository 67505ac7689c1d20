using System.Collections.Frozen;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Which codes of GB/T 2260 can have recognised a product: those of counties, of past revisions too, since a product
/// keeps the code by which it was recognised. Within this city's own prefecture the data set knows every county, be it
/// invented, so there the code must be one of its codes. Immutable; thread-safe.
/// </summary>
internal sealed class CountyCodes
{
    /// <summary>Digits that name the prefecture.</summary>
    private const int PrefectureDigits = 4;

    private static readonly FrozenSet<string> Known = ReadKnown();

    private readonly FrozenSet<string> _ofCity;
    private readonly string _prefecture;

    /// <summary>Takes the city's codes from the data set.</summary>
    public CountyCodes(PlacesDataSet places)
    {
        _ofCity = places.Counties.Select(c => c.Code.Value).Append(places.City.Code.Value)
            .ToFrozenSet(StringComparer.Ordinal);
        _prefecture = places.City.Code.Value[..PrefectureDigits];
    }

    /// <summary>True when there is such a county, or was.</summary>
    public bool Exists(string code) => _ofCity.Contains(code)
        || (Known.Contains(code) && !code.StartsWith(_prefecture, StringComparison.Ordinal));

    /// <summary>True for the city's own code and its counties'.</summary>
    public bool IsOfCity(string code) => _ofCity.Contains(code);

    /// <summary>What is wrong with a code, or null.</summary>
    public RefusalReason? Refusal(string code) => !CountyCode.TryParse(code, out _)
        ? RefusalReason.BadCounty
        : Exists(code) ? null : RefusalReason.UnknownCounty;

    private static FrozenSet<string> ReadKnown()
    {
        using var stream = typeof(CountyCodes).Assembly.GetManifestResourceStream(
            "KioskFleet.Service.Catalogue.data.gbt2260-counties.csv")
            ?? throw new InvalidOperationException("The list of counties is not part of the program.");
        using var file = new StreamReader(stream);
        var lines = file.ReadToEnd().Split('\n').SkipWhile(line => line.StartsWith('#'));
        return TableFile.ReadCsv(string.Join('\n', lines), 0, "utf-8", new TableLimits { Required = ["code"] })
            is TableReading.Table { Faults.Count: 0 } table
            ? table.Rows.Select(row => table.Field(row, "code")).ToFrozenSet(StringComparer.Ordinal)
            : throw new InvalidOperationException("The list of counties cannot be read.");
    }
}
