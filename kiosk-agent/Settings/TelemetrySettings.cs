namespace KioskFleet.Agent.Settings;

/// <summary>The telemetry lane: how often, from where, and how much of the disk. Section <c>telemetry</c>.</summary>
internal sealed record TelemetrySettings
{
    /// <summary>Setting <c>telemetry:intervalSeconds</c>: how often what was told is written down to be sent; 5 to
    /// 3,600; default 60. A door or a fault that changes does not wait.</summary>
    public int IntervalSeconds { get; init; } = 60;

    /// <summary>
    /// Setting <c>telemetry:fullMinutes</c>: how often everything is told again, changed or not; 1 to 1,440; default
    /// 15.
    /// </summary>
    public int FullMinutes { get; init; } = 15;

    /// <summary>
    /// Setting <c>telemetry:maxMiB</c>: the most that samples which wait take of the disk; 1 to 1,024; default 8. The
    /// oldest go first.
    /// </summary>
    public int MaxMiB { get; init; } = 8;

    /// <summary>Setting <c>telemetry:file</c>: a JSON file that the controller writes; null: none.</summary>
    public string? File { get; init; }

    /// <summary>
    /// Setting <c>telemetry:filePollSeconds</c>: how often its time is looked at; 1 to 3,600; default 5.
    /// </summary>
    public int FilePollSeconds { get; init; } = 5;

    /// <summary>
    /// Setting <c>telemetry:command</c>: a program without arguments that prints JSON; null: none. No shell runs it.
    /// </summary>
    public string? Command { get; init; }

    /// <summary>Setting <c>telemetry:commandSeconds</c>: how often it runs; 5 to 86,400; default 60.</summary>
    public int CommandSeconds { get; init; } = 60;

    /// <summary>
    /// Setting <c>telemetry:commandTimeoutSeconds</c>: how long it may run; 1 to 600, at most
    /// <c>telemetry:commandSeconds</c>; default 10 or less.
    /// </summary>
    public int CommandTimeoutSeconds { get; init; } = 10;
}
