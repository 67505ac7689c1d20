using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.CityLoad;

/// <summary>A cabinet of the load, with what it is planted to do. Immutable.</summary>
internal sealed record PlannedCabinet
{
    /// <summary>The cabinet's id, such as <c>KF000123</c>; it says nothing about the county.</summary>
    public required CabinetId Id { get; init; }

    /// <summary>The number in the id, from 1; also the cabinet's stream of chance.</summary>
    public required int Number { get; init; }

    /// <summary>The county it stands in for the whole load.</summary>
    public required PlannedCounty County { get; init; }

    /// <summary>The place it stands at.</summary>
    public required PlannedSite Site { get; init; }

    /// <summary>Who runs it.</summary>
    public required PlannedOperator Operator { get; init; }

    /// <summary>What the cabinet is planted to do.</summary>
    public required Behaviour Behaviour { get; init; }

    /// <summary>True when its sales program says of each line whether it is aid; many say nothing.</summary>
    public bool ClaimsAid => Number % 3 != 0;

    /// <summary>What is in its slots.</summary>
    public required IReadOnlyList<PlannedSlot> Slots { get; init; }
}

/// <summary>The place a cabinet stands at.</summary>
/// <param name="Id">The site's id.</param>
/// <param name="Kind">The kind of place.</param>
/// <param name="Name">The name for people.</param>
internal sealed record PlannedSite(string Id, SiteKind Kind, string Name);

/// <summary>Who runs cabinets.</summary>
/// <param name="Id">The operator's id.</param>
/// <param name="Name">An invented name.</param>
/// <param name="Honesty">What kind of operator it is.</param>
internal sealed record PlannedOperator(string Id, string Name, Honesty Honesty);

/// <summary>A slot and what is sold from it.</summary>
/// <param name="Name">The slot's name, <c>A01</c> to <c>D06</c>.</param>
/// <param name="Product">The product.</param>
internal sealed record PlannedSlot(string Name, LoadProduct Product)
{
    /// <summary>A line of the slot's product.</summary>
    /// <param name="quantity">Pieces.</param>
    /// <param name="paidFen">What is paid for it, in fen.</param>
    /// <param name="claim">What the sales program says of it.</param>
    public SaleLine Line(int quantity, long paidFen, AidClaim claim) =>
        new(Name, Product.Sku, Product.Name, quantity, Product.UnitPriceFen, paidFen, claim);
}
