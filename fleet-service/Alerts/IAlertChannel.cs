namespace KioskFleet.Service.Alerts;

/// <summary>
/// A way of telling. Two real ones: mail and webhook. At least once: a message whose answer was lost is sent again
/// under the same id. One caller at a time.
/// </summary>
internal interface IAlertChannel
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>Sends a message.</summary>
    /// <returns>Null when the far side took it; else why not, without any secret.</returns>
    Task<string?> SendAsync(OutboxMessage message, CancellationToken cancellationToken);
}
