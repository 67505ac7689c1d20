namespace KioskFleet.Service.Compliance;

/// <summary>How a cabinet (or what is judged as one) stands against the policy in a window.</summary>
internal enum Standing
{
    /// <summary>Total of zero or less, or below the minimum turnover: no pass and no breach.</summary>
    NoData,

    /// <summary>The aid share is at least threshold plus warning margin.</summary>
    Compliant,

    /// <summary>The aid share is at least the threshold, but within the warning margin above it.</summary>
    AtRisk,

    /// <summary>The aid share is below the threshold.</summary>
    Breach,
}
