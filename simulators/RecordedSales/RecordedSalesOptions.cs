using System.Diagnostics.CodeAnalysis;

namespace KioskFleet.Simulators.RecordedSales;

/// <summary>How a file of recorded sales is to be read. Immutable.</summary>
internal sealed record RecordedSalesOptions
{
    /// <summary>Which column holds what.</summary>
    public ColumnMap Columns { get; init; } = new();

    /// <summary>The file's encoding. Default: found out.</summary>
    public RecordedEncoding Encoding { get; init; }

    /// <summary>
    /// What a value of the state column means. The defaults are the four that vending back offices in China write:
    /// <c>已出货未退款</c> delivered and kept: a sale; <c>已出货已退款</c> delivered, money given back: a sale and a
    /// refund of all of it at the same moment, for the file has no time of the refund; <c>未出货已退款</c> and
    /// <c>未出货未退款</c> not delivered: a failed vend, which is no sale whether or not the money is back yet. Any other
    /// value refuses its row.
    /// </summary>
    public IReadOnlyDictionary<string, RecordedState> States { get; init; } = new Dictionary<string, RecordedState>
    {
        ["已出货未退款"] = RecordedState.Sold,
        ["已出货已退款"] = RecordedState.SoldThenRefunded,
        ["未出货已退款"] = RecordedState.NotDelivered,
        ["未出货未退款"] = RecordedState.NotDelivered,
    };
}

/// <summary>What became of a recorded vend.</summary>
internal enum RecordedState
{
    /// <summary>Delivered, and the money stayed.</summary>
    Sold,

    /// <summary>Delivered, and all of the money was given back.</summary>
    SoldThenRefunded,

    /// <summary>Not delivered.</summary>
    NotDelivered,
}

/// <summary>The encodings of recorded files.</summary>
internal enum RecordedEncoding
{
    /// <summary>Found out from the bytes.</summary>
    Detect,

    /// <summary>UTF-8 with or without byte order mark.</summary>
    Utf8,

    /// <summary>GB18030, which holds GBK and GB2312.</summary>
    Gb18030,
}

/// <summary>
/// The header names of the columns. A column whose name is empty is not in the file. Columns of the file that are not
/// named here, such as <c>提现</c> (paid out to the merchant), say nothing about a sale and are passed over.
/// </summary>
internal sealed record ColumnMap
{
    /// <summary>The merchant's order number; required.</summary>
    public string Order { get; init; } = "订单号";

    /// <summary>The device; required. It becomes the cabinet id.</summary>
    public string Device { get; init; } = "设备ID";

    /// <summary>The amount due in yuan: the price as shown. Without it the paid amount is the price.</summary>
    public string Due { get; init; } = "应付金额";

    /// <summary>The amount actually paid in yuan; required. It is the sales amount.</summary>
    public string Paid { get; init; } = "实际金额";

    /// <summary>The product's name; required.</summary>
    public string Product { get; init; } = "商品";

    /// <summary>The moment of payment in Asia/Shanghai; required.</summary>
    public string PaidAt { get; init; } = "支付时间";

    /// <summary>The place; optional.</summary>
    public string Place { get; init; } = "地点";

    /// <summary>The state; without it every row is a sale.</summary>
    public string State { get; init; } = "状态";

    /// <summary>The SKU; not in the file by default, and then made from the product's name.</summary>
    public string Sku { get; init; } = "";

    /// <summary>The slot; not in the file by default, and then empty.</summary>
    public string Slot { get; init; } = "";

    /// <summary>The names of the columns that the file must have.</summary>
    public IEnumerable<string> Named => new[] { Order, Device, Due, Paid, Product, PaidAt, Place, State, Sku, Slot }
        .Where(static name => name.Length > 0);

    /// <summary>
    /// Reads <c>order=…,device=…,due=…,paid=…,product=…,paidAt=…,place=…,state=…,sku=…,slot=…</c>; what is not
    /// mentioned keeps its default, an empty name says that the file has no such column.
    /// </summary>
    /// <param name="text">The option's text.</param>
    /// <param name="map">The map.</param>
    /// <param name="problem">What is wrong, when false.</param>
    public static bool TryParse(string text, out ColumnMap map, [NotNullWhen(false)] out string? problem)
    {
        map = new ColumnMap();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if ((equals < 0 ? null : map.With(part[..equals].Trim(), part[(equals + 1)..].Trim())) is not { } next)
            {
                problem = $"'{part}' is not a column; it takes name=header with one of the names order, device, due, "
                    + "paid, product, paidAt, place, state, sku, slot.";
                return false;
            }

            map = next;
        }

        var required = new[] { map.Order, map.Device, map.Paid, map.Product, map.PaidAt };
        problem = required.Any(static name => name.Length == 0)
            ? "order, device, paid, product and paidAt cannot be left out."
            : null;
        return problem is null;
    }

    private ColumnMap? With(string name, string header) => name switch
    {
        "order" => this with { Order = header },
        "device" => this with { Device = header },
        "due" => this with { Due = header },
        "paid" => this with { Paid = header },
        "product" => this with { Product = header },
        "paidAt" => this with { PaidAt = header },
        "place" => this with { Place = header },
        "state" => this with { State = header },
        "sku" => this with { Sku = header },
        "slot" => this with { Slot = header },
        _ => null,
    };
}
