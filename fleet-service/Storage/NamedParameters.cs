using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;

namespace KioskFleet.Service.Storage;

/// <summary>Gives the named parameters of a text their numbers, and binds their values. Thread-safe.</summary>
internal static partial class NamedParameters
{
    private static readonly ConcurrentDictionary<string, Numbered> Known = new(StringComparer.Ordinal);

    private sealed record Numbered(string Sql, IReadOnlyDictionary<string, int> Numbers);

    /// <summary>A statement with its values bound.</summary>
    /// <exception cref="ArgumentException">A value has a type that no column takes.</exception>
    public static Statement Bind(
        FleetConnection connection, string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var numbered = Known.GetOrAdd(sql, Number);
        var statement = connection.Prepare(numbered.Sql);
        try
        {
            foreach (var (name, value) in parameters)
            {
                if (numbered.Numbers.TryGetValue(name, out var number))
                {
                    Bind(statement, number, name, value);
                }
            }

            return statement;
        }
        catch
        {
            statement.Dispose();
            throw;
        }
    }

    private static void Bind(Statement statement, int number, string name, object? value) => _ = value switch
    {
        null or DBNull => statement.SetNull(number),
        long or int or short or byte => statement.Set(number, Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        string text => statement.Set(number, text),
        byte[] bytes => statement.Set(number, bytes),
        _ => throw new ArgumentException($"{name}: no column takes a {value.GetType().Name}.", nameof(value)),
    };

    private static Numbered Number(string sql)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var text = Name().Replace(sql, match =>
        {
            numbers.TryAdd(match.Value, numbers.Count + 1);
            return $"?{numbers[match.Value]}";
        });
        return new Numbered(text, numbers);
    }

    [GeneratedRegex(@"\$[a-z][A-Za-z0-9]*")]
    private static partial Regex Name();
}
