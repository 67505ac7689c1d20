using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Telemetry;

/// <summary>Limits of the telemetry lane. Section <c>Telemetry</c>; immutable.</summary>
internal sealed record TelemetryOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Telemetry";

    /// <summary>
    /// Most messages that wait to be written, of one cabinet at most eight; the oldest give way to newer ones. 100 to
    /// 100,000; default 4,000.
    /// </summary>
    public int MaxWaitingMessages { get; init; } = 4_000;

    /// <summary>
    /// How long messages are gathered before they are written together, in milliseconds. 10 to 60,000; default 1,000.
    /// </summary>
    public int GatherMilliseconds { get; init; } = 1_000;

    /// <summary>
    /// Most messages that are written together, in one transaction or in several. 1 to 2,000; default 200.
    /// </summary>
    public int MaxGroupMessages { get; init; } = 200;

    /// <summary>
    /// The longest time between two messages of a cabinet in which it counts as online throughout, in seconds. 30 to
    /// 3,600; default 180, three intervals of an agent.
    /// </summary>
    public int OnlineGapSeconds { get; init; } = 180;

    /// <summary>Days that hours are kept. 1 to 1,000; default 35; longer history is the time-series server's.</summary>
    public int HourDays { get; init; } = 35;

    /// <summary>
    /// Days after which a thing that was not told again is forgotten, such as a slot that is gone. 1 to 1,000; default
    /// 30.
    /// </summary>
    public int StateDays { get; init; } = 30;
}

/// <summary>Checks the limits at start and names every wrong one.</summary>
internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options)
    {
        var wrong = new List<string>();
        Check(nameof(options.MaxWaitingMessages), options.MaxWaitingMessages, 100, 100_000);
        Check(nameof(options.GatherMilliseconds), options.GatherMilliseconds, 10, 60_000);
        Check(nameof(options.MaxGroupMessages), options.MaxGroupMessages, 1, 2_000);
        Check(nameof(options.OnlineGapSeconds), options.OnlineGapSeconds, 30, 3_600);
        Check(nameof(options.HourDays), options.HourDays, 1, 1_000);
        Check(nameof(options.StateDays), options.StateDays, 1, 1_000);
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Check(string setting, int got, int least, int most)
        {
            if (got < least || got > most)
            {
                wrong.Add($"{TelemetryOptions.Section}:{setting}: got {got}; takes {least} to {most}.");
            }
        }
    }
}
