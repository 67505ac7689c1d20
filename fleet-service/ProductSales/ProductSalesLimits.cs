namespace KioskFleet.Service.ProductSales;

/// <summary>Every limit of the projection by product, named in one place.</summary>
internal static class ProductSalesLimits
{
    /// <summary>Most ledger entries of one step.</summary>
    public const int EntriesPerStep = 4_000;

    /// <summary>Most corrections, or changes of refunds, of one step.</summary>
    public const int ChangesPerStep = 1_000;

    /// <summary>Most rows of older editions that one step moves or takes away.</summary>
    public const int ClearedPerStep = 4_000;

    /// <summary>How long to wait when the ledger holds nothing new.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    /// <summary>Rows of a page when the caller names no number.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>Most rows of one page.</summary>
    public const int MaxPageSize = 500;

    /// <summary>Highest page number.</summary>
    public const int MaxPage = 1_000_000;

    /// <summary>Most rows of a list of the products sold most.</summary>
    public const int MaxTop = 100;

    /// <summary>Rows of such a list when the caller names no number.</summary>
    public const int DefaultTop = 20;
}
