using System.Text;

namespace KioskFleet.Agent.Journal;

/// <summary>Texts measured in UTF-8 bytes, as the journal stores them.</summary>
internal static class Utf8Text
{
    /// <summary>
    /// The longest beginning of a text that takes at most so many UTF-8 bytes; never half a character.
    /// </summary>
    public static string Cut(string text, int maxBytes, out bool wasCut)
    {
        wasCut = Encoding.UTF8.GetByteCount(text) > maxBytes;
        if (!wasCut)
        {
            return text;
        }

        var bytes = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > maxBytes)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }
}
