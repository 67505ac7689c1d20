using System.Text;

namespace KioskFleet.Simulators.RecordedSales;

/// <summary>Finds out how a recorded file is encoded and opens it as text.</summary>
internal static class RecordedText
{
    /// <summary>What stands for bytes that are no text; a row that holds it is refused.</summary>
    public const char Unreadable = '\uFFFD';

    private const int ChunkBytes = 64 * 1024;

    /// <summary>Opens the stream from its beginning; the stream stays open.</summary>
    /// <param name="stream">A stream that can seek.</param>
    /// <param name="encoding">The encoding asked for.</param>
    public static StreamReader Open(Stream stream, RecordedEncoding encoding)
    {
        var chosen = encoding == RecordedEncoding.Detect ? Detect(stream) : encoding;
        stream.Position = 0;
        return new StreamReader(stream, Codec(chosen), detectEncodingFromByteOrderMarks: false,
            ChunkBytes, leaveOpen: true);
    }

    /// <summary>
    /// UTF-8 when there is a byte order mark, or all bytes are valid UTF-8, or the header line is and is more than
    /// ASCII (one broken row does not make a file GB18030); else GB18030.
    /// </summary>
    public static RecordedEncoding Detect(Stream stream)
    {
        stream.Position = 0;
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        var bytes = new byte[ChunkBytes];
        var characters = new char[ChunkBytes + 1];
        var first = true;
        var headerSaysUtf8 = false;
        int read;
        do
        {
            read = stream.ReadAtLeast(bytes, ChunkBytes, throwOnEndOfStream: false);
            if (first)
            {
                headerSaysUtf8 = HeaderSaysUtf8(bytes.AsSpan(0, read));
                first = false;
            }

            try
            {
                _ = strict.GetChars(bytes.AsSpan(0, read), characters, flush: read < ChunkBytes);
            }
            catch (DecoderFallbackException)
            {
                return headerSaysUtf8 ? RecordedEncoding.Utf8 : RecordedEncoding.Gb18030;
            }
        }
        while (read == ChunkBytes);

        return RecordedEncoding.Utf8;
    }

    private static bool HeaderSaysUtf8(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            return true;
        }

        var end = bytes.IndexOf((byte)'\n');
        var header = end < 0 ? bytes : bytes[..end];
        return System.Text.Unicode.Utf8.IsValid(header) && header.ContainsAnyExceptInRange((byte)0, (byte)127);
    }

    private static Encoding Codec(RecordedEncoding encoding) => encoding switch
    {
        RecordedEncoding.Utf8 => new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        RecordedEncoding.Gb18030 => CodePagesEncodingProvider.Instance.GetEncoding(
            "GB18030", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(Unreadable.ToString()))
            ?? throw new NotSupportedException("The runtime has no GB18030."),
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, "No such encoding."),
    };
}
