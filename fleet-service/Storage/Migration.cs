using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace KioskFleet.Service.Storage;

/// <summary>One numbered, forward-only change of the database's shape.</summary>
/// <param name="Number">1–9999, unique across the product.</param>
/// <param name="Name">The words after the number in the file name.</param>
/// <param name="Sql">The statements, run in one transaction.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    private const string Folder = ".Migrations.";
    private const string Ending = ".sql";
    private const string PostgreSqlEnding = ".postgresql.sql";

    /// <summary>
    /// SHA-256 of the text in lower-case hex. Line ends count as LF, so that a checkout on another system is the
    /// same migration.
    /// </summary>
    public string Sha256 => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>
    /// Reads an engine's migrations embedded in an assembly: every resource <c>….Migrations.NNNN_name.sql</c>, of
    /// whatever capability, by number. For PostgreSQL <c>NNNN_name.postgresql.sql</c> beside one stands in its place;
    /// where both engines understand the same text there is none.
    /// </summary>
    /// <exception cref="StorageException">
    /// A name has no number, two migrations have the same one, or a PostgreSQL migration has none beside it.
    /// </exception>
    public static IReadOnlyList<Migration> FromAssembly(Assembly assembly, StorageEngine engine)
    {
        var resources = assembly.GetManifestResourceNames()
            .Where(name => name.Contains(Folder, StringComparison.Ordinal)
                && name.EndsWith(Ending, StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
        var ofPostgreSql = resources.Where(name => name.EndsWith(PostgreSqlEnding, StringComparison.Ordinal)).ToList();
        if (ofPostgreSql.Find(name => !resources.Contains(name[..^PostgreSqlEnding.Length] + Ending)) is { } alone)
        {
            throw new StorageException($"The migration '{alone}' has none for SQLite beside it.");
        }

        return InOrder(resources.Except(ofPostgreSql).Select(name => Read(
            assembly, name,
            engine == StorageEngine.PostgreSql && name[..^Ending.Length] + PostgreSqlEnding is var other
                && resources.Contains(other)
                ? other
                : name)));
    }

    /// <summary>Reads a migration that is named by one resource, and whose text stands in it or in another.</summary>
    private static Migration Read(Assembly assembly, string name, string text)
    {
        var file = name[(name.LastIndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..^Ending.Length];
        if (file.Length < 6 || file[4] != '_'
            || !int.TryParse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw new StorageException($"The migration '{name}' is not named NNNN_name{Ending}.");
        }

        using var reader = new StreamReader(assembly.GetManifestResourceStream(text)!, Encoding.UTF8);
        return new Migration(number, file[5..], reader.ReadToEnd());
    }

    /// <summary>Sorts migrations by number.</summary>
    /// <exception cref="StorageException">Two migrations have the same number.</exception>
    public static IReadOnlyList<Migration> InOrder(IEnumerable<Migration> migrations)
    {
        var ordered = migrations.OrderBy(m => m.Number).ToList();
        for (var i = 1; i < ordered.Count; i++)
        {
            if (ordered[i].Number == ordered[i - 1].Number)
            {
                throw new StorageException($"Two migrations have the number {ordered[i].Number:0000}: "
                    + $"'{ordered[i - 1].Name}' and '{ordered[i].Name}'.");
            }
        }

        return ordered;
    }
}
