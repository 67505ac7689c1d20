namespace KioskFleet.Agent.Enrolment;

/// <summary>How an enrolment ended. A closed set.</summary>
internal abstract record EnrolmentOutcome
{
    private EnrolmentOutcome()
    {
    }

    /// <summary>True when asking again with the same token can never help: a person must bring another one.</summary>
    public virtual bool IsFinal => false;

    /// <summary>Enrolled, and stored.</summary>
    /// <param name="Record">What was stored.</param>
    public sealed record Enrolled(EnrolmentRecord Record) : EnrolmentOutcome;

    /// <summary>No token is known here: a person must enrol this cabinet.</summary>
    public sealed record NoToken : EnrolmentOutcome;

    /// <summary>No service URL is set.</summary>
    public sealed record NoService : EnrolmentOutcome;

    /// <summary>The service does not know the token (404).</summary>
    public sealed record UnknownToken : EnrolmentOutcome
    {
        /// <inheritdoc/>
        public override bool IsFinal => true;
    }

    /// <summary>Another key redeemed the token (409).</summary>
    public sealed record BoundToAnotherKey : EnrolmentOutcome
    {
        /// <inheritdoc/>
        public override bool IsFinal => true;
    }

    /// <summary>The token has run out or was withdrawn (410).</summary>
    public sealed record Expired : EnrolmentOutcome
    {
        /// <inheritdoc/>
        public override bool IsFinal => true;
    }

    /// <summary>The service found the request wrong (400).</summary>
    /// <param name="Detail">Its words.</param>
    public sealed record Rejected(string Detail) : EnrolmentOutcome
    {
        /// <inheritdoc/>
        public override bool IsFinal => true;
    }

    /// <summary>No answer, or one that says nothing about the token: ask again later.</summary>
    /// <param name="Detail">What happened.</param>
    public sealed record Unreachable(string Detail) : EnrolmentOutcome;
}
