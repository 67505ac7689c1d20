namespace KioskFleet.Service.Compliance;

/// <summary>
/// What every projection says, whoever it is of: what is sold by the window's end if sales go on as so far. Amounts in
/// fen; null where there is too little data. Judged by the policy that is in force on the window's last day as decided
/// now. Immutable.
/// </summary>
internal abstract record ProjectedFigures
{
    /// <summary>Takes the figures over, or says that there is too little data.</summary>
    /// <param name="atEnd">The figures at the window's end.</param>
    /// <param name="isEnough">False when there is too little data to say them.</param>
    /// <param name="window">The window.</param>
    protected ProjectedFigures(JudgedFigures atEnd, bool isEnough, JudgingWindow window)
    {
        EnoughData = isEnough;
        AidFen = isEnough ? atEnd.AidFen : null;
        OrdinaryFen = isEnough ? atEnd.OrdinaryFen : null;
        TotalFen = isEnough ? atEnd.TotalFen : null;
        ShareBasisPoints = isEnough ? atEnd.ShareBasisPoints : null;
        Standing = isEnough ? atEnd.Standing : null;
        ShortfallFen = isEnough ? atEnd.ShortfallFen : null;
        PolicyId = atEnd.PolicyId;
        PolicyVersion = atEnd.PolicyVersion;
        ThresholdBasisPoints = atEnd.ThresholdBasisPoints;
        NeededDays = ProjectionRule.NeededDays(window);
    }

    /// <summary>False when there is too little data to say anything: then what was sold so far counts.</summary>
    public bool EnoughData { get; }

    /// <summary>Aid sales.</summary>
    public long? AidFen { get; }

    /// <summary>Ordinary sales.</summary>
    public long? OrdinaryFen { get; }

    /// <summary>All that is counted.</summary>
    public long? TotalFen { get; }

    /// <summary>The share, rounded down.</summary>
    public long? ShareBasisPoints { get; }

    /// <summary>The standing of what is judged, with the projections of others that are judged with it.</summary>
    public Standing? Standing { get; }

    /// <summary>Smallest aid sales beyond the projected ones that would make the test true.</summary>
    public long? ShortfallFen { get; }

    /// <summary>The policy on the window's last day.</summary>
    public string? PolicyId { get; }

    /// <summary>Its version.</summary>
    public int? PolicyVersion { get; }

    /// <summary>Its threshold on that day.</summary>
    public int? ThresholdBasisPoints { get; }

    /// <summary>Days that a projection needs to rest on.</summary>
    public int NeededDays { get; }
}
