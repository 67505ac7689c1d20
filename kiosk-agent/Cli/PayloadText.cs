namespace KioskFleet.Agent.Cli;

/// <summary>
/// Finds binary payloads in what a person has: the bytes themselves, or lines of hex (as <c>mosquitto_sub -F %x</c>
/// prints them) or base64. Pure.
/// </summary>
internal static class PayloadText
{
    /// <summary>Longest line read, in characters: the largest batch in hex, and room for a topic in front.</summary>
    public const int MaxLine = (2 * Protocol.Limits.MaxBatchBytes) + 1_024;

    /// <summary>True when the bytes begin like one of our messages.</summary>
    public static bool LooksRaw(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 4 && bytes[..2].SequenceEqual("KF"u8) && bytes[2] is (byte)'B' or (byte)'H' or (byte)'R'
        && char.IsAsciiDigit((char)bytes[3]);

    /// <summary>
    /// The payload of a line: its last word, in hex or else base64; null when it is neither. What stands in front, such
    /// as the topic of <c>-F '%t %x'</c>, is left alone.
    /// </summary>
    public static byte[]? OfLine(string line)
    {
        var words = line.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || line.Length > MaxLine)
        {
            return null;
        }

        var word = words[^1];
        if (word.Length % 2 == 0 && word.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(word);
        }

        var bytes = new byte[word.Length];
        return Convert.TryFromBase64String(word, bytes, out var length) ? bytes[..length] : null;
    }
}
