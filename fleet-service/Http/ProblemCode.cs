namespace KioskFleet.Service.Http;

/// <summary>The problems that the HTTP API names; each has a title in English and Chinese.</summary>
internal enum ProblemCode
{
    /// <summary>The request is not well-formed.</summary>
    Invalid,

    /// <summary>The body is of a type that is not taken.</summary>
    UnsupportedMediaType,

    /// <summary>The request says not who asks.</summary>
    Unauthenticated,

    /// <summary>Who asks may not do this.</summary>
    Forbidden,

    /// <summary>There is nothing at this address.</summary>
    NotFound,

    /// <summary>The address does not take this method.</summary>
    MethodNotAllowed,

    /// <summary>Too many requests came from this address.</summary>
    TooManyRequests,

    /// <summary>The query has a name that this address does not know.</summary>
    UnknownQueryName,

    /// <summary>This cabinet is not registered.</summary>
    CabinetUnknown,

    /// <summary>This cabinet is registered already.</summary>
    CabinetExists,

    /// <summary>The cabinet's state does not allow this change.</summary>
    IllegalLife,

    /// <summary>This operator is not known.</summary>
    OperatorUnknown,

    /// <summary>This enrolment token is not known.</summary>
    TokenUnknown,

    /// <summary>This enrolment token has expired.</summary>
    TokenExpired,

    /// <summary>This enrolment token was redeemed by another key.</summary>
    TokenBound,

    /// <summary>This key belongs to another cabinet.</summary>
    KeyOfAnotherCabinet,

    /// <summary>This cabinet is retired.</summary>
    CabinetRetired,

    /// <summary>The proof does not fit token and key.</summary>
    ProofWrong,

    /// <summary>The broker cannot be reached now.</summary>
    BrokerAway,

    /// <summary>The database cannot be reached now.</summary>
    DatabaseAway,

    /// <summary>This cabinet never said hello.</summary>
    NeverHeard,

    /// <summary>This cabinet never told how it is.</summary>
    NoTelemetry,

    /// <summary>There is no such kind of finding.</summary>
    FindingKindUnknown,

    /// <summary>No entry is quarantined at this position.</summary>
    NotQuarantined,

    /// <summary>The entry still cannot be counted.</summary>
    StillQuarantined,
}
