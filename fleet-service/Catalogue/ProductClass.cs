namespace KioskFleet.Service.Catalogue;

/// <summary>
/// What a sold line counts as, by the catalogue in force at the moment of its sale. The numbers are stored in the
/// ledger's totals and never change.
/// </summary>
internal enum ProductClass : byte
{
    /// <summary>An aid product: its SKU is mapped and the product's listing is in force.</summary>
    Aid = 1,

    /// <summary>An ordinary product: its SKU is mapped to a product without a listing in force.</summary>
    Ordinary = 2,

    /// <summary>Nobody mapped the SKU for that moment: in the total, not in aid, shown as a band of its own.</summary>
    Unmapped = 3,
}
