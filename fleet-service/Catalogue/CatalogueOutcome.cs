namespace KioskFleet.Service.Catalogue;

/// <summary>Why a wish as a whole is not met. Each has a text in both languages; the names are the API's
/// codes.</summary>
internal enum CatalogueProblem
{
    /// <summary>A parameter of the query cannot be read.</summary>
    BadQuery,

    /// <summary>Fields of the request are missing or wrong.</summary>
    Invalid,

    /// <summary>There is no such product.</summary>
    ProductUnknown,

    /// <summary>There is no such recognition.</summary>
    RecognitionUnknown,

    /// <summary>There is no such proposal.</summary>
    ProposalUnknown,

    /// <summary>There is no such correction.</summary>
    CorrectionUnknown,

    /// <summary>There is no such listing or mapping.</summary>
    SpanUnknown,

    /// <summary>The state does not allow the change.</summary>
    IllegalState,

    /// <summary>A recognition of the product by the county is under way.</summary>
    RecognitionUnderWay,

    /// <summary>The public notice is not over.</summary>
    NoticeRuns,

    /// <summary>Another listing of the product by the county is in force within the time.</summary>
    ListingOverlaps,

    /// <summary>The SKU is mapped otherwise within the time.</summary>
    MappingOverlaps,

    /// <summary>It begins, or sets or moves an end, before now: propose a correction.</summary>
    ChangesThePast,

    /// <summary>It reaches into the past and gives no reason.</summary>
    ReasonNeeded,

    /// <summary>Who proposed it may not decide it.</summary>
    SecondPersonNeeded,

    /// <summary>Only who proposed it may take it back.</summary>
    OnlyProposer,

    /// <summary>It would judge sales otherwise whose month was detached from the ledger.</summary>
    Detached,

    /// <summary>It changes nothing.</summary>
    NothingChanges,
}

/// <summary>What became of a wish to change the catalogue. A closed set.</summary>
internal abstract record CatalogueOutcome<T>
{
    private CatalogueOutcome()
    {
    }

    /// <summary>It is committed.</summary>
    /// <param name="Value">What it is now.</param>
    /// <param name="IsNew">True when it was not there before.</param>
    internal sealed record Done(T Value, bool IsNew = false) : CatalogueOutcome<T>;

    /// <summary>The request is not well-formed; nothing changed.</summary>
    internal sealed record Invalid(IReadOnlyList<FieldRefusal> Fields) : CatalogueOutcome<T>;

    /// <summary>There is no such thing.</summary>
    internal sealed record Unknown(CatalogueProblem Problem, string Id) : CatalogueOutcome<T>;

    /// <summary>Its state does not allow it; nothing changed.</summary>
    internal sealed record Illegal(string State, IReadOnlyList<string> Allowed) : CatalogueOutcome<T>;

    /// <summary>It stands against something else; nothing changed.</summary>
    /// <param name="Problem">Which.</param>
    /// <param name="Detail">Against what.</param>
    internal sealed record Conflict(CatalogueProblem Problem, string Detail) : CatalogueOutcome<T>;
}
