namespace KioskFleet.Service.Fleet;

/// <summary>Log messages of Fleet: event ids 2400–2499.</summary>
internal static partial class FleetLog
{
    [LoggerMessage(2400, LogLevel.Information, "The register holds {Count} cabinets")]
    public static partial void Loaded(ILogger log, int count);

    [LoggerMessage(2401, LogLevel.Information, "{Added} cabinets registered by {Actor}, {Existing} were there already")]
    public static partial void Registered(ILogger log, int added, int existing, string actor);
}
