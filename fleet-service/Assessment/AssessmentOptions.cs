using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Assessment;

/// <summary>When all checks run. Section <c>Assessment</c>; immutable.</summary>
internal sealed record AssessmentOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Assessment";

    /// <summary>Minutes between two runs, 1–1,440, default 15. 0 runs only when asked.</summary>
    public int IntervalMinutes { get; init; } = 15;

    /// <summary>
    /// By how much an accepted finding may grow without opening again, in percent of what was accepted. 0–1,000,
    /// default 25.
    /// </summary>
    public int WorseByPercent { get; init; } = 25;
}

/// <summary>Checks the settings at start.</summary>
internal sealed class AssessmentOptionsValidator : IValidateOptions<AssessmentOptions>
{
    private const int MaxInterval = 1_440;
    private const int MaxWorse = 1_000;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AssessmentOptions options)
    {
        var findings = new List<string>();
        Range(findings, nameof(options.IntervalMinutes), options.IntervalMinutes, MaxInterval);
        Range(findings, nameof(options.WorseByPercent), options.WorseByPercent, MaxWorse);
        return findings.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(findings);
    }

    private static void Range(List<string> findings, string setting, int got, int most)
    {
        if (got < 0 || got > most)
        {
            findings.Add($"{AssessmentOptions.Section}:{setting}: got {got}; takes 0 to {most}.");
        }
    }
}
