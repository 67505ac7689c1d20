using KioskFleet.Protocol.Telemetry;

namespace KioskFleet.Agent.Telemetry;

/// <summary>
/// Where readings come from. Three real implementations: a file that the controller writes, a command that is run, and
/// what is pushed to the local API. One caller at a time.
/// </summary>
internal interface ITelemetrySource
{
    /// <summary>Its name, as status and logs call it.</summary>
    string Name { get; }

    /// <summary>Waits for the next outcome.</summary>
    Task<SourceOutcome> NextAsync(CancellationToken cancel);

    /// <summary>What it brought last was not taken. A source that still has it may bring it again, later.</summary>
    void Refused()
    {
    }
}

/// <summary>What a source brought. A closed set.</summary>
internal abstract record SourceOutcome
{
    private SourceOutcome()
    {
    }

    /// <summary>Readings.</summary>
    /// <param name="Readings">What was read.</param>
    /// <param name="AgeMs">How long ago it was measured, in milliseconds; 0 for just now.</param>
    public sealed record Told(IReadOnlyList<TelemetryReading> Readings, long AgeMs) : SourceOutcome;

    /// <summary>It could not be read; it is tried again.</summary>
    /// <param name="Why">Names the thing and the cause.</param>
    public sealed record Failed(string Why) : SourceOutcome;
}
