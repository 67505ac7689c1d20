using System.Text.Json.Serialization;

namespace KioskFleet.Service.Venues;

/// <summary>
/// A report of sales as it is sent. Every amount is given in yuan, as a text with at most two decimals, or in fen.
/// A counter-document names the document it reverses and nothing of what that one says but the amounts that it takes
/// back, as positive amounts; without amounts it takes back all that is left.
/// A member that means nothing is refused: a misspelt amount must not be passed over in silence.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SalesReportRequest
{
    /// <summary>Who reports; document numbers are the reporter's own.</summary>
    public string? Reporter { get; init; }

    /// <summary>The reporter's number of this document.</summary>
    public string? DocumentNumber { get; init; }

    /// <summary>The number of the document that this one reverses, wholly or in part.</summary>
    public string? Reverses { get; init; }

    /// <summary>The venue that sold; its kind is the counting channel.</summary>
    public string? Venue { get; init; }

    /// <summary>The counting channel of what no venue sold.</summary>
    public string? Channel { get; init; }

    /// <summary>Channels of other groups that also had a part in it.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The city or one of its counties; a venue's own when left out.</summary>
    public string? County { get; init; }

    /// <summary>True when it was sold to buyers outside the city.</summary>
    public bool? OutsideCity { get; init; }

    /// <summary>First day of the period, yyyy-MM-dd.</summary>
    public string? FirstDay { get; init; }

    /// <summary>Last day of the period, yyyy-MM-dd, inside it.</summary>
    public string? LastDay { get; init; }

    /// <summary>Aid products sold, in yuan.</summary>
    public string? AidYuan { get; init; }

    /// <summary>Aid products sold, in fen.</summary>
    public long? AidFen { get; init; }

    /// <summary>All products sold, in yuan.</summary>
    public string? TotalYuan { get; init; }

    /// <summary>All products sold, in fen.</summary>
    public long? TotalFen { get; init; }

    /// <summary>The part of the aid amount that this city's counties recognised, in yuan; optional.</summary>
    public string? RecognisedAidYuan { get; init; }

    /// <summary>The same in fen.</summary>
    public long? RecognisedAidFen { get; init; }

    /// <summary>The amounts by product, as far as known; optional.</summary>
    public IReadOnlyList<ReportedProductRequest?>? Products { get; init; }

    /// <summary>What proves it: a reference that can be asked for.</summary>
    public string? Evidence { get; init; }

    /// <summary>A note; optional.</summary>
    public string? Note { get; init; }
}

/// <summary>What was sold of one product, as it is sent.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="AidYuan">Its aid amount in yuan.</param>
/// <param name="AidFen">The same in fen.</param>
/// <param name="TotalYuan">Its whole amount in yuan; the aid amount when left out.</param>
/// <param name="TotalFen">The same in fen.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReportedProductRequest(
    string? ProductId, string? AidYuan, long? AidFen, string? TotalYuan, long? TotalFen);
