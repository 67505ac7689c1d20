using System.Collections.Frozen;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Places;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Catalogue;

/// <summary>
/// Which codes of GB/T 2260 can have recognised a product. The code's province must exist; within this city's own
/// prefecture the data set knows every county, so there the code must be one of its codes. Immutable; thread-safe.
/// </summary>
internal sealed class CountyCodes
{
    /// <summary>Digits that name the prefecture.</summary>
    private const int PrefectureDigits = 4;

    /// <summary>Digits that name the province.</summary>
    private const int ProvinceDigits = 2;

    private static readonly FrozenSet<string> Provinces = ReadProvinces();

    private readonly FrozenSet<string> _ofCity;
    private readonly string _prefecture;

    /// <summary>Takes the city's codes from the data set.</summary>
    public CountyCodes(PlacesDataSet places)
    {
        _ofCity = places.Counties.Select(c => c.Code.Value).Append(places.City.Code.Value)
            .ToFrozenSet(StringComparer.Ordinal);
        _prefecture = places.City.Code.Value[..PrefectureDigits];
    }

    /// <summary>True when there is such a place, as far as can be known here.</summary>
    public bool Exists(string code) => _ofCity.Contains(code)
        || (CountyCode.TryParse(code, out _) && Provinces.Contains(code[..ProvinceDigits])
            && !code.StartsWith(_prefecture, StringComparison.Ordinal));

    /// <summary>True for the city's own code and its counties'.</summary>
    public bool IsOfCity(string code) => _ofCity.Contains(code);

    /// <summary>What is wrong with a code, or null.</summary>
    public RefusalReason? Refusal(string code) => !CountyCode.TryParse(code, out _)
        ? RefusalReason.BadCounty
        : Exists(code) ? null : RefusalReason.UnknownCounty;

    private static FrozenSet<string> ReadProvinces()
    {
        using var stream = typeof(CountyCodes).Assembly.GetManifestResourceStream(
            "KioskFleet.Service.Catalogue.data.gbt2260-provinces.csv")
            ?? throw new InvalidOperationException("The list of provinces is not part of the program.");
        using var text = new StreamReader(stream);
        return TableFile.ReadCsv(text.ReadToEnd(), 0, "utf-8", new TableLimits { Required = ["code"] })
            is TableReading.Table { Faults.Count: 0 } table
            ? table.Rows.Select(row => table.Field(row, "code")).ToFrozenSet(StringComparer.Ordinal)
            : throw new InvalidOperationException("The list of provinces cannot be read.");
    }
}
