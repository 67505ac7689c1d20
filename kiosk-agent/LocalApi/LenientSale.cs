using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.LocalApi;

/// <summary>A sale as far as it could be read.</summary>
/// <param name="Lines">Its lines.</param>
/// <param name="Payment">How it was paid.</param>
/// <param name="Source">A vend, unless the caller says that a person recorded it by hand.</param>
internal sealed record ReadSale(IReadOnlyList<SaleLine> Lines, Payment Payment, SaleSource Source);

/// <summary>
/// Reads a sale that has happened already. Only money that cannot be read is refused; everything else takes the nearest
/// readable meaning, because a delivered sale must be recorded whatever else is wrong with it. Pure.
/// </summary>
internal static class LenientSale
{
    /// <summary>Reads lines and payment; else names the field whose money cannot be read.</summary>
    public static ReadSale? Read(JsonElement body, out BodyFault? fault)
    {
        fault = null;
        if (!body.TryGetProperty("lines", out var array) || array.ValueKind != JsonValueKind.Array
            || array.GetArrayLength() == 0)
        {
            fault = new BodyFault("lines", ProblemKind.Missing);
            return null;
        }

        var lines = new List<SaleLine>(array.GetArrayLength());
        foreach (var element in array.EnumerateArray())
        {
            var prefix = $"lines[{lines.Count}].";
            if (ReadLine(element, prefix, out fault) is not { } line)
            {
                return null;
            }

            lines.Add(line);
        }

        var byHand = TextOf(body, "source") == "hand";
        return new ReadSale(lines, ReadPayment(body), byHand ? SaleSource.Hand : SaleSource.Vend);
    }

    /// <summary>The method that a word means; other for words not known.</summary>
    public static PaymentMethod MethodOf(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "wechat" or "weixin" or "微信" => PaymentMethod.WeChat,
        "alipay" or "支付宝" => PaymentMethod.Alipay,
        "unionpay" or "银联" => PaymentMethod.UnionPay,
        "cash" or "现金" => PaymentMethod.Cash,
        "card" => PaymentMethod.Card,
        _ => PaymentMethod.Other,
    };

    /// <summary>The claim that a word means; none for words not known: a claim must never stop a sale.</summary>
    public static AidClaim ClaimOf(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "aid" => AidClaim.Aid,
        "ordinary" => AidClaim.Ordinary,
        _ => AidClaim.None,
    };

    /// <summary>Any text that a value can mean; empty when it is missing.</summary>
    public static string TextOf(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var value))
        {
            return "";
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => StringOf(value),
            JsonValueKind.Null or JsonValueKind.Undefined => "",
            _ => value.GetRawText(),
        };
    }

    /// <summary>A whole number, also when written as text or with zero decimals; null when it is none.</summary>
    public static long? NumberOf(JsonElement parent, string name)
    {
        var text = TextOf(parent, name).Trim();
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue
            ? (long)number
            : null;
    }

    private static SaleLine? ReadLine(JsonElement line, string prefix, out BodyFault? fault)
    {
        var paid = NumberOf(line, "paidFen");
        if (paid is null)
        {
            fault = new BodyFault(prefix + "paidFen",
                TextOf(line, "paidFen").Length == 0 ? ProblemKind.Missing : ProblemKind.WrongType);
            return null;
        }

        // A price is money too: one that stands there and cannot be read is refused, one that is missing is worked out.
        var quantity = NumberOf(line, "quantity") is >= 1 and <= Protocol.Limits.MaxQuantity and var pieces
            ? (int)pieces
            : 1;
        var price = NumberOf(line, "unitPriceFen");
        if (price is null && TextOf(line, "unitPriceFen").Length > 0)
        {
            fault = new BodyFault(prefix + "unitPriceFen", ProblemKind.WrongType);
            return null;
        }

        fault = null;
        return new SaleLine(TextOf(line, "slot"), TextOf(line, "sku"), TextOf(line, "name"), quantity,
            price ?? Math.Max(0, paid.Value) / quantity, paid.Value, ClaimOf(TextOf(line, "claim")));
    }

    private static Payment ReadPayment(JsonElement body)
    {
        body.TryGetProperty("payment", out var payment);
        return new Payment(MethodOf(TextOf(payment, "method")), TextOf(payment, "merchantOrderNumber"),
            TextOf(payment, "transactionNumber"));
    }

    /// <summary>
    /// The text; bytes that are not UTF-8 (a name in another encoding) become replacement characters.
    /// </summary>
    private static string StringOf(JsonElement value)
    {
        try
        {
            return value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            var raw = JsonMarshal.GetRawUtf8Value(value);
            return Encoding.UTF8.GetString(raw[1..^1]);
        }
    }
}
