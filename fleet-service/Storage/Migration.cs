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
    /// <summary>
    /// SHA-256 of the text in lower-case hex. Line ends count as LF, so that a checkout on another system is the
    /// same migration.
    /// </summary>
    public string Sha256 => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>
    /// Reads the migrations embedded in an assembly: every resource <c>….Migrations.NNNN_name.sql</c>, of whatever
    /// capability, by number.
    /// </summary>
    /// <exception cref="StorageException">A name has no number, or two migrations have the same one.</exception>
    public static IReadOnlyList<Migration> FromAssembly(Assembly assembly)
    {
        const string Folder = ".Migrations.";
        var found = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            var start = resource.LastIndexOf(Folder, StringComparison.Ordinal);
            if (start < 0 || !resource.EndsWith(".sql", StringComparison.Ordinal))
            {
                continue;
            }

            var file = resource[(start + Folder.Length)..^".sql".Length];
            if (file.Length < 6 || file[4] != '_'
                || !int.TryParse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                throw new StorageException($"The migration '{resource}' is not named NNNN_name.sql.");
            }

            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            found.Add(new Migration(number, file[5..], reader.ReadToEnd()));
        }

        return InOrder(found);
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
