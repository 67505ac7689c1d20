using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Broker;

/// <summary>Log messages of Broker: event ids 2000–2099.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(2000, LogLevel.Information, "Embedded broker listens on {Address}:{Port}")]
    public static partial void Listening(ILogger log, string address, int port);

    [LoggerMessage(2001, LogLevel.Information, "Cabinet {Cabinet} connected from {EndPoint}")]
    public static partial void Connected(ILogger log, CabinetId cabinet, string? endPoint);

    [LoggerMessage(2002, LogLevel.Information, "Cabinet {Cabinet} left ({How})")]
    public static partial void Left(ILogger log, CabinetId cabinet, string how);

    [LoggerMessage(2003, LogLevel.Warning, "Connection of '{ClientId}' from {EndPoint} refused: {Reason}")]
    public static partial void ConnectionRefused(ILogger log, string? clientId, string? endPoint, string reason);

    [LoggerMessage(2004, LogLevel.Warning, "Cabinet {Cabinet} sent to '{Topic}', {Bytes} bytes: {Verdict}")]
    public static partial void PublishRefused(
        ILogger log, CabinetId cabinet, string? topic, long bytes, PublishVerdict verdict);

    [LoggerMessage(2005, LogLevel.Warning, "Cabinet {Cabinet} may not subscribe to '{Filter}'")]
    public static partial void SubscriptionRefused(ILogger log, CabinetId cabinet, string? filter);

    [LoggerMessage(2006, LogLevel.Error, "A message of cabinet {Cabinet} was not taken")]
    public static partial void NotTaken(ILogger log, Exception error, CabinetId cabinet);

    [LoggerMessage(2007, LogLevel.Warning, "More than {Most} connections: a new one was turned away")]
    public static partial void TooManyConnections(ILogger log, int most);

    [LoggerMessage(2008, LogLevel.Warning, "Accepting a connection failed")]
    public static partial void AcceptFailed(ILogger log, Exception error);

    [LoggerMessage(2009, LogLevel.Debug, "A connection ended: {Reason}")]
    public static partial void ConnectionFailed(ILogger log, string reason);

    [LoggerMessage(2010, LogLevel.Information, "Connected to the external broker {Host}:{Port}")]
    public static partial void LinkUp(ILogger log, string host, int port);

    [LoggerMessage(2011, LogLevel.Warning, "The external broker is gone: {Reason}")]
    public static partial void LinkDown(ILogger log, string reason);

    [LoggerMessage(2012, LogLevel.Warning, "The external broker cannot be reached, try {Attempt}: {Reason}")]
    public static partial void LinkRetry(ILogger log, int attempt, string? reason);

    [LoggerMessage(2013, LogLevel.Warning, "Not taken from the external broker: '{Topic}', {Bytes} bytes")]
    public static partial void ForeignMessage(ILogger log, string? topic, long bytes);

    [LoggerMessage(2014, LogLevel.Debug, "MQTT library: {Message}")]
    public static partial void LibraryDetail(ILogger log, Exception? error, string message);

    [LoggerMessage(2015, LogLevel.Warning, "MQTT library: {Message}")]
    public static partial void LibraryProblem(ILogger log, Exception? error, string message);

    [LoggerMessage(2016, LogLevel.Information,
        "Mosquitto's files in {Folder} written: {Cabinets} cabinets; {Without} must enrol again to have an account")]
    public static partial void FilesWritten(ILogger log, string folder, int cabinets, int without);

    [LoggerMessage(2017, LogLevel.Error, "Mosquitto's files in {Folder} are not in force; tried again later")]
    public static partial void FilesFailed(ILogger log, Exception error, string folder);

    [LoggerMessage(2018, LogLevel.Debug, "Cabinet {Cabinet} is {State} (session {Session})")]
    public static partial void PresenceChanged(ILogger log, CabinetId cabinet, string state, ulong session);

    [LoggerMessage(2019, LogLevel.Error, "Presence could not be kept; tried again later")]
    public static partial void PresenceNotKept(ILogger log, Exception error);
}
