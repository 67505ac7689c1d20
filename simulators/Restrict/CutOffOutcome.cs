using KioskFleet.Simulators.Fleet;

namespace KioskFleet.Simulators.Restrict;

/// <summary>What one mode of a run came to.</summary>
/// <param name="Mode">observe or restrict.</param>
/// <param name="Tally">What was asked and answered while the network was away.</param>
/// <param name="Windows">How each window ended that was running or ended then.</param>
/// <param name="Proof">Journals against ledger.</param>
/// <param name="Findings">What does not fit, in words; windows are judged apart.</param>
internal sealed record CutOffOutcome(
    string Mode, RunTally Tally, IReadOnlyList<WindowVerdict> Windows, EntryProofResult Proof,
    IReadOnlyList<string> Findings)
{
    /// <summary>Windows that ended below the threshold beyond their allowance.</summary>
    public IReadOnlyList<WindowVerdict> Beyond => [.. Windows.Where(static window => window.BeyondFen > 0)];

    /// <summary>True when nothing was lost or doubled and nothing else happened that must not.</summary>
    public bool IsSound => Findings.Count == 0 && Proof.Holds
        && Tally is { AidDenied: 0, MixedDenied: 0, DenialsWithoutText: 0 };
}
