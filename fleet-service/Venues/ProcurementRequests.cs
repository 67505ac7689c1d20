using System.Text.Json;
using System.Text.Json.Serialization;

namespace KioskFleet.Service.Venues;

/// <summary>A budget unit's plan of a year, as it is sent.</summary>
/// <param name="Platform">The procurement platform; the only one when left out.</param>
/// <param name="Name">The unit's name.</param>
/// <param name="County">The city or one of its counties.</param>
/// <param name="PlanYuan">What it plans to purchase, in yuan as text.</param>
/// <param name="PlanFen">The same in fen.</param>
/// <param name="Evidence">What proves it.</param>
internal sealed record ProcurementPlanRequest(
    string? Platform, string? Name, string? County, string? PlanYuan, long? PlanFen, string? Evidence);

/// <summary>A purchase of a budget unit, as it is sent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record PurchaseRequest
{
    /// <summary>The procurement platform; the only one when left out.</summary>
    public string? Platform { get; init; }

    /// <summary>The unit; document numbers are its own.</summary>
    public string? Unit { get; init; }

    /// <summary>The unit's number of this document.</summary>
    public string? DocumentNumber { get; init; }

    /// <summary>The number of the document that this one reverses, wholly or in part.</summary>
    public string? Reverses { get; init; }

    /// <summary>First day of the period, yyyy-MM-dd.</summary>
    public string? FirstDay { get; init; }

    /// <summary>Last day of the period, inside it and in the same year.</summary>
    public string? LastDay { get; init; }

    /// <summary>What was purchased, in yuan as text.</summary>
    public string? AmountYuan { get; init; }

    /// <summary>The same in fen.</summary>
    public long? AmountFen { get; init; }

    /// <summary>What proves it.</summary>
    public string? Evidence { get; init; }

    /// <summary>A note; optional.</summary>
    public string? Note { get; init; }
}

/// <summary>Many purchases.</summary>
/// <param name="Purchases">1 to <see cref="VenueLimits.MaxBulk"/>; each is read on its own.</param>
internal sealed record BulkPurchases(IReadOnlyList<JsonElement>? Purchases);

/// <summary>A purchase that is well-formed by itself.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Unit">The unit.</param>
/// <param name="DocumentNumber">Its number.</param>
/// <param name="Content">Everything it says in one text.</param>
/// <param name="Reverses">The number of the document it reverses, or null.</param>
/// <param name="Period">First and last day; null for a counter-document.</param>
/// <param name="AmountFen">The amount; null for a counter-document that takes back all that is left.</param>
/// <param name="Evidence">What proves it.</param>
/// <param name="Note">A note; may be empty.</param>
internal sealed record PurchaseDraft(
    string Platform, string Unit, string DocumentNumber, string Content, string? Reverses,
    (DateOnly First, DateOnly Last)? Period, long? AmountFen, string Evidence, string Note);

/// <summary>A plan that is well-formed.</summary>
internal sealed record ProcurementPlan(
    string Platform, string Unit, int Year, string Name, string PlaceCode, long PlanFen, string Evidence);
