namespace KioskFleet.Service.Access;

/// <summary>Log messages of Access: event ids 2900–2999.</summary>
internal static partial class AccessLog
{
    [LoggerMessage(2900, LogLevel.Information, "The admin token is in {Path}")]
    public static partial void AdminToken(ILogger log, string path);

    [LoggerMessage(2901, LogLevel.Warning, "A bearer token was refused, from {Address}")]
    public static partial void TokenRefused(ILogger log, string? address);
}
