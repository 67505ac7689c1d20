using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace KioskFleet.Service.Storage;

/// <summary>
/// The product's SQL and texts as PostgreSQL takes them: parameters are <c>$1</c> instead of <c>?1</c>, and the one
/// character that no text there can hold (U+0000) is written as two of the private-use area. Thread-safe.
/// </summary>
internal static partial class PostgreSqlText
{
    private const char Mark = '\uE000';
    private const string Zero = "\uE000\uE001";
    private const string MarkItself = "\uE000\uE000";

    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);

    /// <summary>The text with the server's parameters.</summary>
    public static string Of(string sql) => Known.GetOrAdd(sql, text => Parameter().Replace(text, "$$$1"));

    /// <summary>A text as it is stored.</summary>
    public static string Write(string text) => text.AsSpan().IndexOfAny(Mark, '\0') < 0
        ? text
        : text.Replace($"{Mark}", MarkItself, StringComparison.Ordinal).Replace("\0", Zero, StringComparison.Ordinal);

    /// <summary>A text as it was before it was stored.</summary>
    public static string Read(string stored) => !stored.Contains(Mark, StringComparison.Ordinal)
        ? stored
        : Escaped().Replace(stored, match => match.Value == Zero ? "\0" : $"{Mark}");

    [GeneratedRegex("\uE000[\uE000\uE001]")]
    private static partial Regex Escaped();

    [GeneratedRegex(@"\?(\d+)")]
    private static partial Regex Parameter();
}
