using System.Buffers;
using System.Globalization;
using System.Text;

namespace KioskFleet.Service.Series;

/// <summary>
/// Writes InfluxDB line protocol: <c>measurement,tag=value field=1i 1600000000000000000</c>. Escapes exactly what the
/// format says: comma and space in a measurement; comma, equals sign and space in tag keys, tag values and field keys.
/// The format has no escape for a line break or control character, and a backslash that ends a tag would swallow what
/// follows: such characters become <c>_</c>. Pure.
/// </summary>
internal static class LineProtocol
{
    // Most words are of these only and are taken as they are; all others are looked at one by one.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c is not (',' or '=' or '\\'))]);

    /// <summary>Adds one line with whole-number fields, ended by a line feed.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="measurement">The measurement; not empty.</param>
    /// <param name="tags">Tags in the order given; those with an empty value are left out, as the format
    /// demands.</param>
    /// <param name="fields">Fields; at least one.</param>
    /// <param name="unixTime">The time, in the precision that the write names.</param>
    public static void Append(
        StringBuilder target, string measurement, ReadOnlySpan<(string Key, string Value)> tags,
        ReadOnlySpan<(string Key, long Value)> fields, long unixTime)
    {
        ArgumentException.ThrowIfNullOrEmpty(measurement);
        ArgumentOutOfRangeException.ThrowIfZero(fields.Length, nameof(fields));
        Escape(target, measurement, equalsSign: false);
        foreach (var (key, value) in tags)
        {
            if (value.Length > 0)
            {
                target.Append(',');
                Escape(target, key, equalsSign: true);
                target.Append('=');
                Escape(target, value, equalsSign: true);
            }
        }

        var separator = ' ';
        foreach (var (key, value) in fields)
        {
            target.Append(separator);
            Escape(target, key, equalsSign: true);
            target.Append(CultureInfo.InvariantCulture, $"={value}i");
            separator = ',';
        }

        target.Append(CultureInfo.InvariantCulture, $" {unixTime}\n");
    }

    private static void Escape(StringBuilder target, string text, bool equalsSign)
    {
        if (!text.AsSpan().ContainsAnyExcept(Plain))
        {
            target.Append(text);
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is ',' or ' ' || (c == '=' && equalsSign))
            {
                target.Append('\\').Append(c);
            }
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' || (c == '\\' && NeedsNoEscape(text, i)))
            {
                target.Append('_');
            }
            else
            {
                target.Append(c);
            }
        }
    }

    /// <summary>
    /// A backslash is literal before an ordinary character; at the end, before a character that is escaped itself, or
    /// before another backslash it would be read as an escape.
    /// </summary>
    private static bool NeedsNoEscape(string text, int at) =>
        at == text.Length - 1 || text[at + 1] is ',' or ' ' or '=' or '\\' || char.IsControl(text[at + 1]);
}
