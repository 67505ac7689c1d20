using System.Text;

namespace KioskFleet.Service.Tables;

/// <summary>Turns the bytes of a text file into text. Pure.</summary>
internal static class TableEncoding
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        "GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>The text and its encoding, <c>utf-8</c> or <c>gb18030</c>; null when it is neither.</summary>
    public static (string Text, string Encoding)? Decode(byte[] bytes)
    {
        // A zero byte is UTF-16 or no text at all; both decoders below would let it through.
        if (bytes.Contains((byte)0))
        {
            return null;
        }

        foreach (var encoding in new[] { Utf8, Gb18030 })
        {
            try
            {
                var text = encoding.GetString(bytes);
                return (text.StartsWith('\uFEFF') ? text[1..] : text, encoding.WebName);
            }
            catch (DecoderFallbackException)
            {
                // Not this encoding: the next one is tried, and after the last the file is refused.
                continue;
            }
        }

        return null;
    }
}
