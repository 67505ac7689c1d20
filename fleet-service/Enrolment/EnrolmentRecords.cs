namespace KioskFleet.Service.Enrolment;

/// <summary>A token that was made; shown once.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="Token">The token.</param>
/// <param name="ExpiresUtc">When it ends.</param>
internal sealed record MadeToken(string CabinetId, string Token, DateTimeOffset ExpiresUtc);

/// <summary>What a cabinet sends to enrol.</summary>
/// <param name="Token">The one-time token.</param>
/// <param name="PublicKey">The public key's SubjectPublicKeyInfo in base64.</param>
/// <param name="Proof">See <see cref="EnrolmentProof"/>.</param>
internal sealed record EnrolmentRequest(string? Token, string? PublicKey, string? Proof);

/// <summary>What a cabinet gets: its identity and its credential for the broker.</summary>
/// <param name="CabinetId">Its id.</param>
/// <param name="MqttUserName">User name and client id.</param>
/// <param name="MqttPassword">The password; not kept here.</param>
/// <param name="BrokerHost">Where to connect.</param>
/// <param name="BrokerPort">Where to connect.</param>
internal sealed record Enrolled(
    string CabinetId, string MqttUserName, string MqttPassword, string BrokerHost, int BrokerPort);

/// <summary>What became of a wish to enrol. A closed set.</summary>
internal abstract record EnrolmentOutcome
{
    private EnrolmentOutcome()
    {
    }

    /// <summary>Enrolled, or enrolled again by the same key.</summary>
    public sealed record Done(Enrolled Answer) : EnrolmentOutcome;

    /// <summary>Fields are missing, or the proof does not fit.</summary>
    public sealed record ProofWrong : EnrolmentOutcome;

    /// <summary>Nobody made this token.</summary>
    public sealed record TokenUnknown : EnrolmentOutcome;

    /// <summary>The token ended.</summary>
    public sealed record TokenExpired : EnrolmentOutcome;

    /// <summary>Another key redeemed the token first.</summary>
    public sealed record TokenBound : EnrolmentOutcome;

    /// <summary>The key belongs to another cabinet: a copied disk image, mostly.</summary>
    public sealed record KeyOfAnotherCabinet : EnrolmentOutcome;

    /// <summary>
    /// The key is registered and the broker could not be told the password: the same key redeems again later.
    /// </summary>
    public sealed record BrokerAway : EnrolmentOutcome;

    /// <summary>The cabinet is out of service for good.</summary>
    public sealed record CabinetRetired : EnrolmentOutcome;
}
