namespace KioskFleet.Service.ProductSales;

/// <summary>Log messages of ProductSales: event ids 4050–4099.</summary>
internal static partial class ProductSalesLog
{
    [LoggerMessage(4050, LogLevel.Information, "Sales by product are made anew ({Cause}); the old figures are shown "
        + "until that is done")]
    public static partial void Begun(ILogger log, string cause);

    [LoggerMessage(4051, LogLevel.Information, "Sales by product of edition {Edition} are shown from now on")]
    public static partial void Served(ILogger log, long edition);

    [LoggerMessage(4052, LogLevel.Error, "Summing sales by product failed; it is tried again")]
    public static partial void Failed(ILogger log, Exception error);
}
