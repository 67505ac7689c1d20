using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Fleet;

/// <summary>An accusation that a fleet service makes.</summary>
/// <param name="Kind">What.</param>
/// <param name="Cabinet">The cabinet; empty when the finding can name the operator alone.</param>
/// <param name="Operator">The operator; may be empty when a cabinet is named.</param>
/// <param name="Subject">What exactly, in the service's words.</param>
internal readonly record struct FoundAccusation(AccusationKind Kind, string Cabinet, string Operator, string Subject)
{
    /// <summary>A finding as an accusation; null when its kind is not judged.</summary>
    public static FoundAccusation? Of(ApiFinding finding) =>
        Enum.TryParse<AccusationKind>(finding.Kind, out var kind)
            ? new FoundAccusation(kind, finding.Cabinet ?? "", finding.Operator ?? "", finding.Subject ?? "")
            : null;

    /// <summary>True when it is about the planted one: by its cabinet, or by its operator if it names none.</summary>
    public bool IsOf(Accusation planted) => planted.Kind == Kind
        && (Cabinet.Length > 0 ? planted.Cabinet == Cabinet : Operator.Length > 0 && planted.Operator == Operator);
}

/// <summary>How one kind came out.</summary>
/// <param name="Kind">The kind, in the service's word.</param>
/// <param name="Planted">Planted, or true of the figures.</param>
/// <param name="Found">Those of them that were found.</param>
/// <param name="False">Found and not planted.</param>
internal sealed record KindScore(string Kind, int Planted, int Found, int False);

/// <summary>What the comparison of findings with the planted truth came to. Immutable.</summary>
internal sealed record AccusationScore
{
    /// <summary>Below this precision or recall a run is not proven.</summary>
    public const decimal Enough = 0.95m;

    private const int Decimals = 4;

    /// <summary>Of what was found, the part that is true: 0 to 1, cut. 1 when nothing was found.</summary>
    public required decimal Precision { get; init; }

    /// <summary>Of what was planted, the part that was found: 0 to 1, cut. 1 when nothing was planted.</summary>
    public required decimal Recall { get; init; }

    /// <summary>Each kind that was planted or found, in the order of the kinds.</summary>
    public required IReadOnlyList<KindScore> Kinds { get; init; }

    /// <summary>Planted and not found, in words.</summary>
    public required IReadOnlyList<string> Misses { get; init; }

    /// <summary>Found and not planted, in words.</summary>
    public required IReadOnlyList<string> FalseAccusations { get; init; }

    /// <summary>Blameless cabinets that were accused, sorted.</summary>
    public required IReadOnlyList<string> HonestAccused { get; init; }

    /// <summary>True when both parts are enough.</summary>
    public bool Holds => Precision >= Enough && Recall >= Enough;

    /// <summary>
    /// Compares. The same kind and cabinet (or operator) found several times, for two months say, is one accusation;
    /// what a planted act entails beside what it is counts neither for nor against. Pure.
    /// </summary>
    /// <param name="planted">What must and may be found.</param>
    /// <param name="found">What stands.</param>
    public static AccusationScore Judge(PlantedAccusations planted, IEnumerable<FoundAccusation> found)
    {
        var accusations = found
            .DistinctBy(static one => (one.Kind, one.Cabinet, one.Cabinet.Length > 0 ? "" : one.Operator))
            .Where(one => !planted.Entailed.Any(one.IsOf) || planted.Expected.Any(one.IsOf))
            .ToList();
        var wrong = accusations.FindAll(one => !planted.Expected.Any(one.IsOf));
        var missed = planted.Expected.Where(expected => !accusations.Exists(one => one.IsOf(expected))).ToList();
        return new AccusationScore
        {
            Precision = Part(accusations.Count - wrong.Count, accusations.Count),
            Recall = Part(planted.Expected.Count - missed.Count, planted.Expected.Count),
            Kinds = [.. planted.Expected.Select(static one => one.Kind).Concat(wrong.Select(static one => one.Kind))
                .Distinct().Order().Select(kind => new KindScore(
                    kind.ToString(),
                    planted.Expected.Count(one => one.Kind == kind),
                    planted.Expected.Count(one => one.Kind == kind) - missed.Count(one => one.Kind == kind),
                    wrong.Count(one => one.Kind == kind)))],
            Misses =
            [
                .. missed.Order().Select(static one =>
                    $"{one.Cabinet} ({one.Operator}): {one.Kind} is planted and not found"),
            ],
            FalseAccusations =
            [
                .. wrong.OrderBy(static one => one.Kind).ThenBy(static one => one.Cabinet, StringComparer.Ordinal)
                    .Select(one => $"{Who(one)}: {one.Kind} is found and not planted ({one.Subject})"),
            ],
            HonestAccused =
            [
                .. wrong.Select(static one => one.Cabinet).Where(planted.Blameless.Contains).Distinct()
                    .Order(StringComparer.Ordinal),
            ],
        };
    }

    /// <summary>Cut and not rounded: what is not all of it never reads as 1.</summary>
    private static decimal Part(int count, int of) =>
        of == 0 ? 1 : Math.Round((decimal)count / of, Decimals, MidpointRounding.ToZero);

    private static string Who(FoundAccusation one) =>
        one.Cabinet.Length == 0 ? one.Operator
        : one.Operator.Length == 0 ? one.Cabinet
        : $"{one.Cabinet} ({one.Operator})";
}
