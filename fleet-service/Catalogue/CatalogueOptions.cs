using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Catalogue;

/// <summary>How the catalogue is shown to the public. Section <c>Catalogue</c>; immutable.</summary>
internal sealed record CatalogueOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Catalogue";

    /// <summary>Requests of the public list per minute from one address. 1–100,000, default 120.</summary>
    public int PublicRequestsPerMinute { get; init; } = 120;

    /// <summary>Seconds for which anybody may keep an answer of the public list. 0–86,400, default 60.</summary>
    public int PublicCacheSeconds { get; init; } = 60;

    /// <summary>Days after its last sale for which a place is shown as where to buy. 1–366, default 30.</summary>
    public int PublicPlaceDays { get; init; } = 30;
}

/// <summary>Reports wrong settings of the catalogue.</summary>
internal sealed class CatalogueOptionsValidator : IValidateOptions<CatalogueOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, CatalogueOptions options)
    {
        (string Setting, int Got, int Least, int Most)[] settings =
        [
            (nameof(options.PublicRequestsPerMinute), options.PublicRequestsPerMinute, 1, 100_000),
            (nameof(options.PublicCacheSeconds), options.PublicCacheSeconds, 0, 86_400),
            (nameof(options.PublicPlaceDays), options.PublicPlaceDays, 1, 366),
        ];
        var findings = settings.Where(s => s.Got < s.Least || s.Got > s.Most)
            .Select(s => $"{CatalogueOptions.Section}:{s.Setting}: got {s.Got}; takes {s.Least} to {s.Most}.")
            .ToList();
        return findings.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(findings);
    }
}
