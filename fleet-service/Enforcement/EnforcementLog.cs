using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Enforcement;

/// <summary>Log messages of enforcement: event ids 4350 to 4399.</summary>
internal static partial class EnforcementLog
{
    [LoggerMessage(4350, LogLevel.Information, "Planned {Cabinets} cabinets: {Configs} other configs, {Steps} rungs")]
    public static partial void Planned(ILogger log, int cabinets, int configs, int steps);

    [LoggerMessage(4351, LogLevel.Information, "Config {Version} is on its way to cabinet {Cabinet}")]
    public static partial void Sent(ILogger log, string version, CabinetId cabinet);

    [LoggerMessage(4352, LogLevel.Warning, "A config could not be sent; it is tried again")]
    public static partial void NotSent(ILogger log, Exception error);

    [LoggerMessage(4354, LogLevel.Error, "Planning after a change of catalogue or policies failed")]
    public static partial void NotPlanned(ILogger log, Exception error);

    [LoggerMessage(4353, LogLevel.Information, "Cabinet {Cabinet}: {From} to {To} ({Reason})")]
    public static partial void Stepped(ILogger log, string cabinet, Rung from, Rung to, LadderReason reason);
}
