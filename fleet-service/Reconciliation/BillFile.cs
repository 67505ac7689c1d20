using System.Text;
using KioskFleet.Protocol.Entries;
using KioskFleet.Service.Tables;

namespace KioskFleet.Service.Reconciliation;

/// <summary>Reads the file of a daily bill. Pure: bytes in, rows out.</summary>
internal static class BillFile
{
    /// <summary>Reads a bill of a provider.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="provider">WeChat, Alipay or UnionPay.</param>
    /// <param name="unionPay">The columns of UnionPay's bills.</param>
    /// <param name="day">The bill's day.</param>
    public static BillReading Read(byte[] bytes, PaymentMethod provider, UnionPayLayout unionPay, BillDay day)
    {
        if (bytes.Length > ReconciliationLimits.MaxBillBytes)
        {
            return new BillReading.Unreadable(BillProblem.TooLarge, $"{bytes.Length}");
        }

        if (SheetFile.IsSheet(bytes))
        {
            return new BillReading.Unreadable(BillProblem.Archive, "PK");
        }

        return TableEncoding.Decode(bytes) is not var (text, encoding)
            ? new BillReading.Unreadable(BillProblem.UnknownEncoding, "")
            : provider switch
            {
                PaymentMethod.WeChat => WeChatBill.Read(Lines(text), encoding, day),
                PaymentMethod.Alipay => AlipayBill.Read(Lines(text), encoding, day),
                PaymentMethod.UnionPay => new UnionPayBill(unionPay).Read(Lines(text), encoding, day),
                _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "has no bills."),
            };
    }

    /// <summary>The line of the header: the first of the file's beginning that fits; -1 when none does.</summary>
    internal static int FindHeader(string[] lines, Predicate<string> fits) =>
        Array.FindIndex(lines, 0, Math.Min(lines.Length, ReconciliationLimits.MaxLinesBeforeHeader), fits);

    /// <summary>What stood where a header was looked for.</summary>
    internal static BillReading.Unreadable NotThisLayout(string[] lines) => new(
        BillProblem.NotThisLayout, TableFile.Shortened(lines.FirstOrDefault(l => l.Trim().Length > 0) ?? ""));

    /// <summary>
    /// The fields of a line of a summary: parted by commas, where fields have WeChat Pay's mark by commas in front of
    /// it, and not by those between quotation marks.
    /// </summary>
    internal static IEnumerable<string> Fields(string line)
    {
        if (line.StartsWith(WeChatLayout.Mark))
        {
            return line.Split($",{WeChatLayout.Mark}");
        }

        var (fields, field, quoted) = (new List<string>(), new StringBuilder(), false);
        foreach (var c in line)
        {
            quoted ^= c == '"';
            if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }

    /// <summary>Fields as one line of CSV, each in quotation marks.</summary>
    internal static string Quoted(IEnumerable<string> fields)
    {
        var line = new StringBuilder();
        foreach (var field in fields)
        {
            line.Append(line.Length > 0 ? "," : "").Append('"')
                .Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return line.ToString();
    }

    private static string[] Lines(string text) => text.Split('\n').Select(l => l.TrimEnd('\r')).ToArray();
}
