using System.Globalization;
using KioskFleet.Protocol.Amounts;
using KioskFleet.Simulators.Fleet;
using KioskFleet.Simulators.Terminal;
using Spectre.Console;

namespace KioskFleet.Simulators.Restrict;

/// <summary>What one mode came to, as it is written to the result file.</summary>
internal sealed record ModeResult
{
    /// <summary>Windows judged.</summary>
    public required int Windows { get; init; }

    /// <summary>Those of them that ended below the threshold beyond their allowance.</summary>
    public required int Beyond { get; init; }

    /// <summary>Vends approved.</summary>
    public required int Approved { get; init; }

    /// <summary>Vends denied because of the share.</summary>
    public required int Denied { get; init; }

    /// <summary>Ordinary goods that were denied alone and passed with enough aid.</summary>
    public required int MixedPassed { get; init; }

    /// <summary>Baskets with enough aid that were denied.</summary>
    public required int MixedDenied { get; init; }

    /// <summary>Aid vends asked for.</summary>
    public required int AidAsked { get; init; }

    /// <summary>Those of them that were denied.</summary>
    public required int AidDenied { get; init; }

    /// <summary>Denials without a text in one of the languages.</summary>
    public required int DenialsWithoutText { get; init; }

    /// <summary>Approvals that ran out.</summary>
    public required int Abandoned { get; init; }

    /// <summary>Approved vends that failed.</summary>
    public required int Failed { get; init; }

    /// <summary>Vends delivered on the day after their approval.</summary>
    public required int Straddled { get; init; }

    /// <summary>Refunds.</summary>
    public required int Refunds { get; init; }

    /// <summary>Those of them that are of aid sales: added back.</summary>
    public required int AidRefunds { get; init; }

    /// <summary>Kills, reboots and clocks that were set.</summary>
    public required int Interruptions { get; init; }

    /// <summary>Entries in the journals.</summary>
    public required long Recorded { get; init; }

    /// <summary>Those of them that the ledger holds.</summary>
    public required long Committed { get; init; }

    /// <summary>Those of them that it does not hold.</summary>
    public required long Lost { get; init; }

    /// <summary>Entries, vends and refunds that are there or count twice.</summary>
    public required long Doubled { get; init; }

    /// <summary>Every window, by cabinet and first day. Amounts in fen.</summary>
    public required IReadOnlyList<WindowVerdict> Verdicts { get; init; }

    /// <summary>Of an outcome.</summary>
    public static ModeResult Of(CutOffOutcome outcome) => new()
    {
        Windows = outcome.Windows.Count,
        Beyond = outcome.Beyond.Count,
        Approved = outcome.Tally.Approved,
        Denied = outcome.Tally.Denied,
        MixedPassed = outcome.Tally.MixedPassed,
        MixedDenied = outcome.Tally.MixedDenied,
        AidAsked = outcome.Tally.AidAsked,
        AidDenied = outcome.Tally.AidDenied,
        DenialsWithoutText = outcome.Tally.DenialsWithoutText,
        Abandoned = outcome.Tally.Abandoned,
        Failed = outcome.Tally.Failed,
        Straddled = outcome.Tally.Straddled,
        Refunds = outcome.Tally.Refunds,
        AidRefunds = outcome.Tally.AidRefunds.Count,
        Interruptions = outcome.Tally.Interruptions,
        Recorded = outcome.Proof.Recorded,
        Committed = outcome.Proof.Committed,
        Lost = outcome.Proof.Lost,
        Doubled = outcome.Proof.Doubled,
        Verdicts = outcome.Windows,
    };
}

/// <summary>What a run came to, as it is written to the result file.</summary>
internal sealed record RestrictResult
{
    /// <summary>Cabinets.</summary>
    public required int Cabinets { get; init; }

    /// <summary>Days off the network.</summary>
    public required int Days { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>With a gate that refuses.</summary>
    public required ModeResult Restrict { get; init; }

    /// <summary>With a gate that only observes.</summary>
    public required ModeResult Observe { get; init; }

    /// <summary>True when everything is as it must be.</summary>
    public required bool Proven { get; init; }

    /// <summary>Everything that does not fit, in words.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Makes the result. Pure.</summary>
    public static RestrictResult Of(
        RestrictOptions options, CutOffOutcome restrict, CutOffOutcome observe, TimeSpan took)
    {
        var findings = FindingsOf(restrict, observe);
        return new RestrictResult
        {
            Cabinets = options.Cabinets,
            Days = options.Days,
            Seed = options.Seed,
            Restrict = ModeResult.Of(restrict),
            Observe = ModeResult.Of(observe),
            Proven = findings.Count == 0 && restrict.IsSound && observe.IsSound,
            Findings = findings,
            Seconds = Math.Round(took.TotalSeconds, 1),
        };
    }

    /// <summary>Shows the proof and what does not fit.</summary>
    public void Show(IAnsiConsole console)
    {
        var (on, off) = (Restrict, Observe);
        ResultScreen.WriteProof(console,
        [
            new("days without a network; cabinets", $"{Days}; {Cabinets}", null),
            new("windows judged, restrict / observe", $"{on.Windows} / {off.Windows}", on.Windows > 0),
            new("below the threshold beyond the allowance: restrict", $"{on.Beyond}", on.Beyond == 0),
            new("below the threshold beyond the allowance: observe", $"{off.Beyond}", off.Beyond > 0),
            new("vends approved, restrict / observe", $"{Count(on.Approved)} / {Count(off.Approved)}", null),
            new("vends denied: restrict", Count(on.Denied), on.Denied >= on.Windows),
            new("vends denied: observe", Count(off.Denied), off.Denied == 0),
            new("denied alone, passed with enough aid", Count(on.MixedPassed), on.MixedPassed > 0),
            new("denied with enough aid", $"{on.MixedDenied + off.MixedDenied}", on.MixedDenied + off.MixedDenied == 0),
            new("aid vends denied", $"{on.AidDenied + off.AidDenied} of {Count(on.AidAsked + off.AidAsked)}",
                on.AidDenied + off.AidDenied == 0),
            new("denials without a text in Chinese and English", $"{on.DenialsWithoutText}",
                on.DenialsWithoutText == 0),
            new("failed / run out / across midnight", $"{on.Failed} / {on.Abandoned} / {on.Straddled}", null),
            new("refunds, of aid sales", $"{on.Refunds}, {on.AidRefunds}", null),
            new("interruptions", $"{on.Interruptions}", null),
            new("recorded / committed", $"{Count(on.Recorded + off.Recorded)} / {Count(on.Committed + off.Committed)}",
                on.Recorded + off.Recorded == on.Committed + off.Committed),
            new("lost", $"{on.Lost + off.Lost}", on.Lost + off.Lost == 0),
            new("doubled", $"{on.Doubled + off.Doubled}", on.Doubled + off.Doubled == 0),
        ]);
        foreach (var finding in Findings.Take(ProofFindings.Most))
        {
            console.WriteLine(finding);
        }

        console.WriteLine(Proven ? "The proof holds." : "THE PROOF FAILS.");
    }

    private static List<string> FindingsOf(CutOffOutcome restrict, CutOffOutcome observe)
    {
        List<string> findings =
        [
            .. restrict.Findings.Select(static finding => $"restrict: {finding}"),
            .. observe.Findings.Select(static finding => $"observe: {finding}"),
            .. restrict.Beyond.Select(static window =>
                $"restrict: {window.Cabinet} ended the week of {window.First:yyyy-MM-dd} with "
                + $"{new Money(window.AidFen)} of {new Money(window.TotalFen)} yuan aid, "
                + $"{new Money(window.BeyondFen)} beyond its allowance of {new Money(window.AllowanceFen)}"),
        ];
        if (observe.Beyond.Count == 0)
        {
            findings.Add("observe: no window ended beyond its allowance, so the run says nothing about the gate");
        }

        if (observe.Tally.Denied > 0)
        {
            findings.Add($"observe: {observe.Tally.Denied} vends were denied");
        }

        // A gate that was never pushed against, or that let nothing through, was not tried.
        if (restrict.Windows.Count == 0 || restrict.Tally.Denied < restrict.Windows.Count
            || restrict.Tally.Approved < restrict.Windows.Count || restrict.Tally.MixedPassed == 0)
        {
            findings.Add($"restrict: {restrict.Tally.Denied} vends denied, {restrict.Tally.Approved} approved and "
                + $"{restrict.Tally.MixedPassed} passed with aid in {restrict.Windows.Count} windows: too few to say "
                + "anything");
        }

        return findings;
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
