using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Ledger;

/// <summary>Settings of the ledger.</summary>
internal sealed record LedgerOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Ledger";

    /// <summary>Hours between two runs of the proof. 1 to 720; default 24. 0 runs none.</summary>
    public int ProofIntervalHours { get; init; } = 24;
}

/// <summary>Checks the settings at start.</summary>
internal sealed class LedgerOptionsValidator : IValidateOptions<LedgerOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LedgerOptions options) =>
        options.ProofIntervalHours is >= 0 and <= 720
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{LedgerOptions.Section}:{nameof(options.ProofIntervalHours)} is "
                + $"{options.ProofIntervalHours}; it takes 0 to 720 hours.");
}
