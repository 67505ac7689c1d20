using System.Security.Cryptography;
using KioskFleet.Protocol.Identity;
using KioskFleet.Simulators.RecordedSales;

namespace KioskFleet.Simulators.Replay;

/// <summary>What a replay is to be. Immutable.</summary>
internal sealed record ReplayOptions
{
    /// <summary>The file of recorded sales.</summary>
    public required string SalesFile { get; init; }

    /// <summary>The products file; null: every product is unmapped.</summary>
    public string? ProductsFile { get; init; }

    /// <summary>Which column holds what.</summary>
    public ColumnMap Columns { get; init; } = new();

    /// <summary>The encoding of both files.</summary>
    public RecordedEncoding Encoding { get; init; }

    /// <summary>Categories whose products count as aid.</summary>
    public IReadOnlySet<string> AidCategories { get; init; } = new HashSet<string>();

    /// <summary>The county of the cabinets and of the recognition; null: the first of the service's data set.</summary>
    public CountyCode? County { get; init; }

    /// <summary>The folder that keeps ledger and journals; null for a temporary one.</summary>
    public string? DataFolder { get; init; }

    /// <summary>What binds a kept folder to this replay: the content of the files, not their names.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public IReadOnlyDictionary<string, string> Binding() => new Dictionary<string, string>
    {
        ["load"] = "replay",
        ["sales"] = DigestOf(SalesFile),
        ["products"] = ProductsFile is null ? "none" : DigestOf(ProductsFile),
        ["columns"] = string.Join(',', Columns.Named),
        ["aid"] = string.Join(',', AidCategories.Order(StringComparer.Ordinal)),
        ["county"] = County?.Value ?? "first",
    };

    private static string DigestOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
