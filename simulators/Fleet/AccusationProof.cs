using System.Globalization;
using KioskFleet.Simulators.Terminal;

namespace KioskFleet.Simulators.Fleet;

/// <summary>Whether the service's findings were judged, and how they came out. A closed set.</summary>
internal abstract record AccusationProof
{
    private AccusationProof()
    {
    }

    /// <summary>True when nothing speaks against the run.</summary>
    public abstract bool Holds { get; }

    /// <summary>What does not fit, in words.</summary>
    public abstract IReadOnlyList<string> Findings { get; }

    /// <summary>The lines of the proof on the screen.</summary>
    public abstract IReadOnlyList<ProofLine> Lines { get; }

    /// <summary>They were compared with what was planted.</summary>
    /// <param name="Score">How they came out.</param>
    /// <param name="Bills">Payment bills that were brought.</param>
    /// <param name="Problems">What the service could not do: refused rows of bills, checks that failed.</param>
    public sealed record Judged(AccusationScore Score, int Bills, IReadOnlyList<string> Problems) : AccusationProof
    {
        /// <inheritdoc/>
        public override bool Holds => Score.Holds && Problems.Count == 0;

        /// <inheritdoc/>
        public override IReadOnlyList<string> Findings =>
            [.. Problems, .. Score.Misses, .. Score.FalseAccusations];

        /// <inheritdoc/>
        public override IReadOnlyList<ProofLine> Lines =>
        [
            new("payment bills brought", $"{Bills}", null),
            .. Score.Kinds.Select(static kind => new ProofLine(
                $"{kind.Kind}: found of planted", $"{kind.Found} of {kind.Planted}"
                    + (kind.False > 0 ? $", {kind.False} false" : ""),
                kind.Found == kind.Planted && kind.False == 0)),
            new("honest cabinets accused", $"{Score.HonestAccused.Count}", Score.HonestAccused.Count == 0),
            new("precision", Part(Score.Precision), Score.Precision >= AccusationScore.Enough),
            new("recall", Part(Score.Recall), Score.Recall >= AccusationScore.Enough),
        ];

        private static string Part(decimal part) => part.ToString("0.0000", CultureInfo.InvariantCulture);
    }

    /// <summary>They could not be judged.</summary>
    /// <param name="Why">Why not, in a sentence.</param>
    public sealed record NotJudged(string Why) : AccusationProof
    {
        /// <inheritdoc/>
        public override bool Holds => false;

        /// <inheritdoc/>
        public override IReadOnlyList<string> Findings => [];

        /// <inheritdoc/>
        public override IReadOnlyList<ProofLine> Lines => [new($"accusations NOT JUDGED: {Why}", "-", null)];
    }
}
