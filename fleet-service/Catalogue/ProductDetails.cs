namespace KioskFleet.Service.Catalogue;

/// <summary>How a product helps people out of poverty.</summary>
internal enum WayOfHelping
{
    /// <summary>They earn wages by it (工资性).</summary>
    Wage,

    /// <summary>They have income from what they own (资产性).</summary>
    Asset,

    /// <summary>They run a business of their own (经营性).</summary>
    Business,
}

/// <summary>
/// The record of a product beside its name, as the application for recognition states it. Null is "not stated".
/// Immutable.
/// </summary>
internal sealed record ProductDetails
{
    /// <summary>Between the items of <see cref="Evidence"/> and <see cref="Pictures"/>.</summary>
    public const char ItemSeparator = '\n';

    /// <summary>Nothing is stated.</summary>
    public static ProductDetails None { get; } = new();

    /// <summary>The batch of recognition in which it was published.</summary>
    public string? Batch { get; init; }

    /// <summary>The market entity that supplies it.</summary>
    public string? Supplier { get; init; }

    /// <summary>GB/T 2260 code of the county to which its supplier applies.</summary>
    public string? RecognisingCounty { get; init; }

    /// <summary>Its value (商品价值量), in fen; people write it in 万元.</summary>
    public long? ValueFen { get; init; }

    /// <summary>People whom it helps.</summary>
    public long? PeopleHelped { get; init; }

    /// <summary>How it helps them.</summary>
    public WayOfHelping? Helping { get; init; }

    /// <summary>References of the evidence, such as document numbers; one a line.</summary>
    public string? Evidence { get; init; }

    /// <summary>Links of pictures; one a line.</summary>
    public string? Pictures { get; init; }

    /// <summary>What it is, for buyers.</summary>
    public string? Introduction { get; init; }

    /// <summary>Where it can be bought, in words.</summary>
    public string? WhereToBuy { get; init; }

    /// <summary>These details where they are stated, and others where not.</summary>
    public ProductDetails Over(ProductDetails others) => new()
    {
        Batch = Batch ?? others.Batch,
        Supplier = Supplier ?? others.Supplier,
        RecognisingCounty = RecognisingCounty ?? others.RecognisingCounty,
        ValueFen = ValueFen ?? others.ValueFen,
        PeopleHelped = PeopleHelped ?? others.PeopleHelped,
        Helping = Helping ?? others.Helping,
        Evidence = Evidence ?? others.Evidence,
        Pictures = Pictures ?? others.Pictures,
        Introduction = Introduction ?? others.Introduction,
        WhereToBuy = WhereToBuy ?? others.WhereToBuy,
    };

    /// <summary>The stated details by name: what two rows of one file may not contradict each other in.</summary>
    public IEnumerable<(string Name, object Value)> Stated()
    {
        (string Name, object? Value)[] all =
        [
            (nameof(Batch), Batch), (nameof(Supplier), Supplier), (nameof(RecognisingCounty), RecognisingCounty),
            (nameof(ValueFen), ValueFen), (nameof(PeopleHelped), PeopleHelped), (nameof(Helping), Helping),
            (nameof(Evidence), Evidence), (nameof(Pictures), Pictures), (nameof(Introduction), Introduction),
            (nameof(WhereToBuy), WhereToBuy),
        ];
        return all.Where(d => d.Value is not null).Select(d => (d.Name, d.Value!));
    }

    /// <summary>The items of a list that is kept one a line.</summary>
    public static IReadOnlyList<string> Items(string? lines) => lines?.Split(ItemSeparator) ?? [];
}
