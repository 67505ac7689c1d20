namespace KioskFleet.Service.Enforcement;

/// <summary>Every limit of enforcement, named in one place.</summary>
internal static class EnforcementLimits
{
    /// <summary>Configs of a cabinet that are kept beside the wanted one; the oldest go first.</summary>
    public const int KeptConfigs = 20;

    /// <summary>Configs of a cabinet that are kept back to the one that it works by; beyond that it is not judged until
    /// it reports a newer one.</summary>
    public const int MostKeptConfigs = 200;

    /// <summary>
    /// A cabinet that was heard while a config waited for it, and this much later still reports another one, passes
    /// over it: from then on it is judged as if it worked by it.
    /// </summary>
    public static readonly TimeSpan PassedOverAfter = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a vend that was approved under the config before may still be delivered: the agent's default. Until
    /// then nothing is held against a cabinet that took another config.
    /// </summary>
    public static readonly TimeSpan OpenApproval = TimeSpan.FromMinutes(10);

    /// <summary>Changes of the rung that a cabinet's page shows.</summary>
    public const int ShownHistory = 200;

    /// <summary>How often configs are looked for that no service has sent.</summary>
    public static readonly TimeSpan LookForUnsent = TimeSpan.FromSeconds(10);

    /// <summary>Cabinets whose changes are written in one transaction.</summary>
    public const int CabinetsPerWrite = 200;

    /// <summary>Longest reason, in characters.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>Longest exemption, in days.</summary>
    public const int MaxExemptionDays = 366;

    /// <summary>Exemptions, and essential SKUs, in force at one time.</summary>
    public const int MaxInForce = 10_000;

    /// <summary>Days after which figures of a rolling window are stated anew.</summary>
    public const int RollingFiguresDays = 7;

    /// <summary>Cabinets whose config waits to be sent; further ones are found in the database again.</summary>
    public const int MaxWaitingToSend = 10_000;

    /// <summary>How often the same config is sent to a cabinet that reports another one, at most.</summary>
    public static readonly TimeSpan SendAgainAfter = TimeSpan.FromSeconds(30);

    /// <summary>How long a send waits after the broker could not be reached.</summary>
    public static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);
}
