namespace KioskFleet.Service.Catalogue;

/// <summary>How far a proposal has come. The names are stored and are the API's words.</summary>
internal enum ProposalState
{
    /// <summary>It waits for its decision.</summary>
    Proposed,

    /// <summary>Somebody else approved it, and it is in the catalogue.</summary>
    Approved,

    /// <summary>Somebody else rejected it.</summary>
    Rejected,

    /// <summary>Who proposed it took it back.</summary>
    Withdrawn,
}

/// <summary>Who proposed something, who decided it, when and why. Immutable.</summary>
/// <param name="State">How far it has come.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="ProposedUtcMs">When, Unix milliseconds UTC.</param>
/// <param name="Reason">Why; may be empty where the past is not touched.</param>
internal sealed record TwoPersons(ProposalState State, string ProposedBy, long ProposedUtcMs, string Reason)
{
    /// <summary>Who decided it; null while it waits.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When, Unix milliseconds UTC.</summary>
    public long? DecidedUtcMs { get; init; }

    /// <summary>Why it was decided so.</summary>
    public string? DecisionReason { get; init; }

    /// <summary>The version of the catalogue that the approval made.</summary>
    public long? CatalogueVersion { get; init; }

    /// <summary>The same, decided.</summary>
    /// <param name="decision">How, by whom and why.</param>
    /// <param name="catalogueVersion">The version of the catalogue that an approval made; null otherwise.</param>
    /// <param name="nowUtcMs">When, Unix milliseconds UTC.</param>
    public TwoPersons With(in Decision decision, long? catalogueVersion, long nowUtcMs) => this with
    {
        State = decision.To,
        DecidedBy = decision.Actor,
        DecidedUtcMs = nowUtcMs,
        DecisionReason = decision.Why,
        CatalogueVersion = catalogueVersion,
    };
}

/// <summary>How a proposal is decided.</summary>
/// <param name="To">The state that it goes to.</param>
/// <param name="Actor">Who decides it.</param>
/// <param name="Why">Why; may be empty unless it is rejected.</param>
internal readonly record struct Decision(ProposalState To, string Actor, string Why);

/// <summary>The wish to decide a proposal.</summary>
/// <param name="Reason">Why; required to reject.</param>
internal sealed record DecisionRequest(string? Reason);

/// <summary>Who may decide a proposal and how: a table of transitions. Pure.</summary>
internal static class TwoPersonsRule
{
    /// <summary>The states that may follow a state, in the enum's order.</summary>
    public static IReadOnlyList<ProposalState> AllowedFrom(ProposalState state) => state switch
    {
        ProposalState.Proposed => [ProposalState.Approved, ProposalState.Rejected, ProposalState.Withdrawn],
        ProposalState.Approved or ProposalState.Rejected or ProposalState.Withdrawn => [],
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "There is no such state."),
    };

    /// <summary>Reads the wish to decide; what is wrong with it is refused in the fields.</summary>
    public static Decision Read(RequestFields fields, ProposalState to, DecisionRequest? request, string actor) =>
        new(to, actor, to == ProposalState.Rejected
            ? fields.Reason("reason", request?.Reason)
            : fields.OptionalReason("reason", request?.Reason));

    /// <summary>What stands against a decision, or null.</summary>
    public static CatalogueOutcome<T>? Refusal<T>(TwoPersons persons, in Decision decision)
    {
        var (to, actor, _) = decision;
        var allowed = AllowedFrom(persons.State);
        if (!allowed.Contains(to))
        {
            return new CatalogueOutcome<T>.Illegal(
                CatalogueJson.Word(persons.State), [.. allowed.Select(CatalogueJson.Word)]);
        }

        var isProposer = actor == persons.ProposedBy;
        return (to, isProposer) switch
        {
            (ProposalState.Withdrawn, false) => new CatalogueOutcome<T>.Conflict(
                CatalogueProblem.OnlyProposer, $"It was proposed by {persons.ProposedBy}."),
            (ProposalState.Approved or ProposalState.Rejected, true) => new CatalogueOutcome<T>.Conflict(
                CatalogueProblem.SecondPersonNeeded, $"It was proposed by {persons.ProposedBy}."),
            _ => null,
        };
    }
}
