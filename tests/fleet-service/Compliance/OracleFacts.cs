namespace KioskFleet.Service.Tests.Compliance;

/// <summary>
/// What the oracle knows beside the entries: the register, the catalogue and the policies as plain lists of what was
/// decided, each in the oracle's own words. Histories write here whatever they tell the service.
/// </summary>
internal sealed class OracleFacts
{
    public List<OracleAssignment> Assignments { get; } = [];

    public List<OracleListing> Listings { get; } = [];

    public List<OracleMapping> Mappings { get; } = [];

    public List<OraclePolicy> Policies { get; } = [];

    /// <summary>Codes of the city and its counties.</summary>
    public required List<string> CityCodes { get; init; }

    /// <summary>True when only listings of the city and of the national list count.</summary>
    public required bool CityOnly { get; init; }
}

/// <summary>A cabinet's time under an operator in a county. Moments in Unix milliseconds UTC; ends outside.</summary>
internal sealed class OracleAssignment
{
    public required string Cabinet { get; init; }

    public required string Operator { get; init; }

    public required string County { get; init; }

    public required long From { get; init; }

    public long? To { get; set; }
}

/// <summary>A product is recognised in this time, and an aid product if that counts.</summary>
internal sealed class OracleListing
{
    public required string Product { get; init; }

    /// <summary>The county that recognised it, or national.</summary>
    public required string By { get; init; }

    public required long From { get; init; }

    public long? To { get; set; }
}

/// <summary>A SKU stands for a product in this time; of one operator, or of any.</summary>
internal sealed class OracleMapping
{
    public string? Operator { get; init; }

    public required string Sku { get; init; }

    public required string Product { get; init; }

    public required long From { get; init; }

    public long? To { get; set; }
}

/// <summary>A policy version. Days are dates without a time; ends are outside.</summary>
internal sealed class OraclePolicy
{
    public required string Id { get; init; }

    public required int Version { get; init; }

    /// <summary>city, county, operator or cabinet.</summary>
    public required string Scope { get; init; }

    public required string ScopeId { get; init; }

    /// <summary>cabinet, operatorInCounty or county.</summary>
    public required string Judged { get; init; }

    public required string Window { get; init; }

    public required int Threshold { get; init; }

    public required List<(DateTime From, int Share)> Steps { get; init; }

    public required int Margin { get; init; }

    public required long MinimumTurnover { get; init; }

    public required int ProvisionalDays { get; init; }

    public DateTime? From { get; init; }

    public DateTime? To { get; set; }
}
