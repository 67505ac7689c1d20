namespace KioskFleet.Service.Alerts;

/// <summary>What alerts are about. The numbers are stored.</summary>
internal enum AlertKind
{
    /// <summary>The cabinet is not heard. Value: minutes.</summary>
    Offline = 1,

    /// <summary>Its oldest unsent entry is too old. Value: minutes.</summary>
    UnsentTooOld = 2,

    /// <summary>A zone is too warm or too cold for too long. Value: thousandths of a degree Celsius.</summary>
    TemperatureOutOfRange = 3,

    /// <summary>A door was left open. Value: minutes.</summary>
    DoorLeftOpen = 4,

    /// <summary>A slot is empty. Value: 0.</summary>
    SlotEmpty = 5,

    /// <summary>Nothing was sold for much longer than usual. Value: hours.</summary>
    NoSale = 6,

    /// <summary>Its clock is off. Value: seconds, positive when it is behind.</summary>
    ClockOff = 7,

    /// <summary>Its disk is nearly full. Value: free percent.</summary>
    DiskNearlyFull = 8,
}

/// <summary>The states of an alert's life. The numbers are stored.</summary>
internal enum AlertState
{
    /// <summary>The cause is there, and has not lasted long enough: no alert yet.</summary>
    Pending = 1,

    /// <summary>Open.</summary>
    Open = 2,

    /// <summary>A person has it in hand.</summary>
    Acknowledged = 3,

    /// <summary>A person closed it while the cause lasts: it does not open again before the cause was gone.</summary>
    Dismissed = 4,

    /// <summary>Closed.</summary>
    Closed = 5,
}

/// <summary>What an alert is about: there is one live alert for each.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Name">Zone, door or slot; empty where there is one.</param>
internal readonly record struct AlertKey(string Cabinet, AlertKind Kind, string Name);

/// <summary>A cause that was found.</summary>
/// <param name="Key">Of what.</param>
/// <param name="SinceUtcMs">When it began, Unix milliseconds UTC.</param>
/// <param name="Value">What was found, in the unit of the kind.</param>
/// <param name="IsDue">True when it has lasted long enough to open an alert.</param>
internal readonly record struct AlertSign(AlertKey Key, long SinceUtcMs, long Value, bool IsDue);

/// <summary>A live alert as the next check sees it.</summary>
/// <param name="AlertId">Its number.</param>
/// <param name="Key">Of what.</param>
/// <param name="State">Its state; never closed.</param>
/// <param name="SinceUtcMs">When the cause began.</param>
internal sealed record LiveAlert(long AlertId, AlertKey Key, AlertState State, long SinceUtcMs);
