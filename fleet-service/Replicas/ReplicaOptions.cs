using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Replicas;

/// <summary>
/// How several services on one database share the work. Section <c>Replicas</c>; without meaning on SQLite. Immutable.
/// </summary>
internal sealed record ReplicaOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Replicas";

    /// <summary>
    /// How long a work that is done once stays with a service that is not heard of any more, in seconds. 6–60, default
    /// 15: together with the time between two looks a dead service's work goes on elsewhere within 20 s.
    /// </summary>
    public int LeaseSeconds { get; init; } = 15;

    /// <summary>
    /// How often a service looks for changes that others made, in milliseconds. 100–60,000, default 1,000.
    /// </summary>
    public int LookMilliseconds { get; init; } = 1_000;

    /// <summary>How long a lease lasts.</summary>
    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    /// <summary>How often leases are asked for: three times while one lasts, so that two looks may fail.</summary>
    public TimeSpan Ask => Lease / 3;
}

/// <summary>Reports every wrong setting at once, naming the setting, what it got and what it takes.</summary>
internal sealed class ReplicaOptionsValidator : IValidateOptions<ReplicaOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ReplicaOptions options)
    {
        var findings = new List<string>();
        Range(findings, nameof(ReplicaOptions.LeaseSeconds), options.LeaseSeconds, 6, 60);
        Range(findings, nameof(ReplicaOptions.LookMilliseconds), options.LookMilliseconds, 100, 60_000);
        return findings.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(findings);
    }

    private static void Range(List<string> findings, string setting, int got, int least, int most)
    {
        if (got < least || got > most)
        {
            findings.Add($"{ReplicaOptions.Section}:{setting}: got {got}; takes {least} to {most}.");
        }
    }
}
