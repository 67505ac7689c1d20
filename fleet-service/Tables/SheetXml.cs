using System.Text;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;

namespace KioskFleet.Service.Tables;

/// <summary>A cell as it stands in the sheet's XML.</summary>
/// <param name="Reference">Its place, such as <c>B7</c>; null where the sheet leaves it out.</param>
/// <param name="Type">Its type by ECMA-376 (<c>s</c>, <c>inlineStr</c>, <c>e</c>, …); null is a number.</param>
/// <param name="Style">The number of its style, or null.</param>
/// <param name="Value">The text of its value: stored or inline.</param>
/// <param name="Formula">Its formula, or null.</param>
internal readonly record struct SheetCell(
    string? Reference, string? Type, string? Style, string Value, string? Formula);

/// <summary>
/// Reads the parts of a workbook that may be large, as a stream. Names are taken without their namespace: there is a
/// transitional and a strict one.
/// </summary>
internal static class SheetXml
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    /// <summary>Opens a part; the caller disposes the reader.</summary>
    public static XmlReader Open(OpenXmlPart part) => XmlReader.Create(part.GetStream(), Settings);

    /// <summary>The cells of the row on which the reader stands; afterwards it stands on the row's end.</summary>
    public static IEnumerable<SheetCell> Cells(XmlReader xml)
    {
        if (xml.IsEmptyElement)
        {
            yield break;
        }

        var depth = xml.Depth;
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "c" })
            {
                yield return Cell(xml);
            }
        }
    }

    /// <summary>The shared strings in their order.</summary>
    public static IEnumerable<string> Strings(XmlReader xml)
    {
        while (xml.Read())
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "si" })
            {
                yield return Texts(xml).Value;
            }
        }
    }

    private static SheetCell Cell(XmlReader xml)
    {
        var (reference, type, style) = (xml.GetAttribute("r"), xml.GetAttribute("t"), xml.GetAttribute("s"));
        var (value, formula) = Texts(xml);
        return new SheetCell(reference, type, style, value, formula);
    }

    /// <summary>
    /// The texts within the element on which the reader stands. How a text is pronounced (<c>rPh</c>) is not part of
    /// it.
    /// </summary>
    private static (string Value, string? Formula) Texts(XmlReader xml)
    {
        if (xml.IsEmptyElement)
        {
            return ("", null);
        }

        var value = new StringBuilder();
        StringBuilder? formula = null;
        var (depth, phonetic, inside) = (xml.Depth, int.MaxValue, "");
        while (xml.Read() && xml.Depth > depth)
        {
            if (xml.Depth <= phonetic)
            {
                phonetic = int.MaxValue;
            }

            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    inside = xml.IsEmptyElement ? "" : xml.LocalName;
                    phonetic = inside == "rPh" ? xml.Depth : phonetic;
                    formula ??= xml.LocalName == "f" ? new StringBuilder() : null;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace
                    when phonetic == int.MaxValue:
                    (inside == "f" ? formula : inside is "v" or "t" ? value : null)?.Append(xml.Value);
                    break;
                case XmlNodeType.EndElement:
                    inside = "";
                    break;
                default:
                    break;
            }
        }

        return (value.ToString(), formula?.ToString());
    }
}
