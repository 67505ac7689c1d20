namespace KioskFleet.Service.Fleet;

/// <summary>The states of a cabinet's life. Their names are stored and are the API's words.</summary>
internal enum CabinetLife
{
    /// <summary>Known to the register, not enrolled yet.</summary>
    Registered,

    /// <summary>In service.</summary>
    Active,

    /// <summary>Closed for a time (school holidays); silence is no finding until then.</summary>
    ClosedUntil,

    /// <summary>Out of service for good; what it still holds is accepted, nothing new is expected.</summary>
    Retired,
}
