using System.Globalization;
using System.Text;

namespace KioskFleet.Service.Tables;

/// <summary>
/// Turns the bytes of a text file into text. Pure. A line pasted in from a file of another encoding spoils itself
/// alone: what cannot be read there becomes <see cref="Unreadable"/>, and the row is refused.
/// </summary>
internal static class TableEncoding
{
    /// <summary>What stands where bytes are none of the file's encoding.</summary>
    public const char Unreadable = '\uFFFD';

    private const byte LineFeed = (byte)'\n';

    /// <summary>
    /// One of so many Hanzi may lie outside GB2312, the characters of everyday text: rare ones stand in names, seldom
    /// in a row. Big5 and Shift-JIS read as GB18030 give words of which half and more lie outside.
    /// </summary>
    private const int HanziForEachRare = 5;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        "GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>
    /// The text and its encoding, <c>utf-8</c> or <c>gb18030</c>; null when it is no text, or text of another encoding.
    /// The encoding is the one that reads most lines.
    /// </summary>
    public static (string Text, string Encoding)? Decode(byte[] bytes)
    {
        // A zero byte is UTF-16 or no text at all; both decoders below would let it through.
        if (bytes.Contains((byte)0))
        {
            return null;
        }

        var encoding = EncodingOf(bytes);
        var text = Whole(bytes, encoding) ?? LineByLine(bytes, encoding);
        if (encoding == Gb18030 && !IsChinese(text))
        {
            return null;
        }

        return (text.StartsWith('\uFEFF') ? text[1..] : text, encoding.WebName);
    }

    private static Encoding EncodingOf(byte[] bytes)
    {
        if (Whole(bytes, Utf8) is not null)
        {
            return Utf8;
        }

        var (inUtf8, notInUtf8, notInGb18030) = (0, 0, 0);
        foreach (var line in Lines(bytes))
        {
            var span = bytes.AsSpan(line);
            if (Ascii.IsValid(span))
            {
                continue;
            }

            var isUtf8 = Whole(span, Utf8) is not null;
            inUtf8 += isUtf8 ? 1 : 0;
            notInUtf8 += isUtf8 ? 0 : 1;
            notInGb18030 += Whole(span, Gb18030) is null ? 1 : 0;
        }

        // Nearly every line of UTF-8 can be read as GB18030, as other words; the reverse is rare. So lines that are
        // UTF-8 speak for it more than lines that GB18030 can read speak for that.
        return inUtf8 < notInUtf8 && notInGb18030 < notInUtf8 ? Gb18030 : Utf8;
    }

    /// <summary>
    /// Nearly any bytes can be read as GB18030, so the characters must be such as a Chinese office writes: no kana,
    /// none of private use or unassigned, and few that are rare.
    /// </summary>
    private static bool IsChinese(string text)
    {
        var (hanzi, rare) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsForeign(rune))
            {
                return false;
            }

            if (IsHanzi(rune.Value))
            {
                hanzi++;
                rare += IsInGb2312(rune) ? 0 : 1;
            }
        }

        return rare * HanziForEachRare <= hanzi;
    }

    private static bool IsForeign(Rune rune) => rune.Value is (>= 0x3040 and <= 0x30FF) or (>= 0xFF66 and <= 0xFF9F)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static bool IsHanzi(int value) =>
        value is (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);

    private static bool IsInGb2312(Rune rune)
    {
        // The two bytes of GBK that GB2312 has as well: rows 16 to 87 of its table, cells 1 to 94.
        Span<char> one = stackalloc char[2];
        Span<byte> bytes = stackalloc byte[4];
        return Gb18030.GetBytes(one[..rune.EncodeToUtf16(one)], bytes) == 2
            && bytes[0] is >= 0xB0 and <= 0xF7 && bytes[1] >= 0xA1;
    }

    private static string? Whole(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Line by line, so that a broken character never swallows the line's end.</summary>
    private static string LineByLine(byte[] bytes, Encoding encoding)
    {
        var lenient = (Encoding)encoding.Clone();
        lenient.DecoderFallback = new DecoderReplacementFallback($"{Unreadable}");
        var text = new StringBuilder(bytes.Length);
        foreach (var line in Lines(bytes))
        {
            text.Append(lenient.GetString(bytes.AsSpan(line)));
        }

        return text.ToString();
    }

    private static IEnumerable<Range> Lines(byte[] bytes)
    {
        for (var start = 0; start < bytes.Length;)
        {
            var end = Array.IndexOf(bytes, LineFeed, start);
            var next = end < 0 ? bytes.Length : end + 1;
            yield return start..next;
            start = next;
        }
    }
}
