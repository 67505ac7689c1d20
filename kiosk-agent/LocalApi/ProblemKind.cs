namespace KioskFleet.Agent.LocalApi;

/// <summary>
/// Every problem the local API answers with. The name is the <c>reason</c>, and the key of its texts; adding one here
/// asks for a status and both texts, which a test holds.
/// </summary>
internal enum ProblemKind
{
    /// <summary>The body is no JSON object.</summary>
    NotJson,

    /// <summary>The body has more bytes than are taken.</summary>
    TooManyBytes,

    /// <summary>A field is not of its type.</summary>
    WrongType,

    /// <summary>There is no such field.</summary>
    UnknownField,

    /// <summary>A field must be there.</summary>
    Missing,

    /// <summary>A text or list is too long.</summary>
    TooLong,

    /// <summary>A number lies outside its range.</summary>
    OutOfRange,

    /// <summary>A word is none of those taken.</summary>
    UnknownWord,

    /// <summary>There is no such slot.</summary>
    UnknownSlot,

    /// <summary>The cabinet was stopped.</summary>
    CabinetStopped,

    /// <summary>No space for another record.</summary>
    DiskFull,

    /// <summary>Too many approved vends without an outcome.</summary>
    TooManyOpenVends,

    /// <summary>A product is suspended for quality.</summary>
    ProductBlocked,

    /// <summary>Ordinary products are sold up to the limit of the window.</summary>
    OrdinaryLimit,

    /// <summary>There is no such door.</summary>
    UnknownDoor,

    /// <summary>A session where goods come out piece by piece.</summary>
    VendNeeded,

    /// <summary>The rule that restricted the cabinet is lost.</summary>
    RuleLost,

    /// <summary>The id was used with other content.</summary>
    IdUsedDifferently,

    /// <summary>The vend has its outcome already.</summary>
    AlreadyFinished,

    /// <summary>No such sale is recorded.</summary>
    UnknownSale,

    /// <summary>No such vend is known.</summary>
    UnknownVend,

    /// <summary>There is no such resource.</summary>
    NotFound,

    /// <summary>The resource takes another method.</summary>
    WrongMethod,

    /// <summary>The token is missing or wrong.</summary>
    Unauthorized,

    /// <summary>A page of another origin asked.</summary>
    ForeignOrigin,

    /// <summary>Too many requests at once.</summary>
    Overloaded,

    /// <summary>The agent failed.</summary>
    Failed,
}
