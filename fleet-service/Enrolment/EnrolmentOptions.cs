using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Enrolment;

/// <summary>How cabinets enrol. Section <c>Enrolment</c>; immutable.</summary>
internal sealed record EnrolmentOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Enrolment";

    /// <summary>Days after which a token ends. 1–365, default 30.</summary>
    public int TokenDays { get; init; } = 30;

    /// <summary>Redemptions per minute from one address. 1–100,000, default 30.</summary>
    public int RedemptionsPerMinute { get; init; } = 30;
}

/// <summary>Reports wrong enrolment settings.</summary>
internal sealed class EnrolmentOptionsValidator : IValidateOptions<EnrolmentOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, EnrolmentOptions options)
    {
        var findings = new List<string>();
        if (options.TokenDays is < 1 or > 365)
        {
            findings.Add($"Enrolment:TokenDays: got {options.TokenDays}; takes 1 to 365.");
        }

        if (options.RedemptionsPerMinute is < 1 or > 100_000)
        {
            findings.Add($"Enrolment:RedemptionsPerMinute: got {options.RedemptionsPerMinute}; takes 1 to 100000.");
        }

        return findings.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(findings);
    }
}
