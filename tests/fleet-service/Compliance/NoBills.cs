using KioskFleet.Service.Compliance;

namespace KioskFleet.Service.Tests.Compliance;

/// <summary>A service to which nobody brought a bill.</summary>
internal sealed class NoBills : IBilledFigures
{
    public BilledWindow? Of(JudgingWindow window, string? cabinetId) => null;

    public BilledChanges ChangedAfter(long change) => new(change, []);
}
