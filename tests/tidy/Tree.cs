using KioskFleet.TestKit;

namespace KioskFleet.Tidy.Tests;

/// <summary>The files of the source tree, read once. Thread-safe.</summary>
internal static class Tree
{
    /// <summary>The folders of the product's projects.</summary>
    public static readonly string[] ProductProjects = ["protocol", "kiosk-agent", "fleet-service", "simulators"];

    private static readonly string[] Generated =
        ["bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", "node_modules"];

    private static readonly string[] TextEndings =
    [
        ".cs", ".csproj", ".props", ".targets", ".sln", ".md", ".sh", ".json", ".yaml", ".yml", ".xml", ".resx", ".sql",
        ".razor", ".css", ".conf", ".service", ".txt", ".csv", ".c", ".toml", ".editorconfig",
    ];

    private static readonly Lazy<IReadOnlyList<string>> LazyPaths = new(() => [.. Walk("").Order()]);

    private static readonly Lazy<IReadOnlyList<SourceFile>> LazyCode =
        new(() => [.. Paths.Where(path => path.EndsWith(".cs", StringComparison.Ordinal)).Select(Read)]);

    /// <summary>All files but generated ones and those under dot-folders other than <c>.ci</c> and <c>.github</c>.
    /// </summary>
    public static IReadOnlyList<string> Paths => LazyPaths.Value;

    /// <summary>All C# files.</summary>
    public static IReadOnlyList<SourceFile> Code => LazyCode.Value;

    /// <summary>C# files of the product.</summary>
    public static IEnumerable<SourceFile> ProductCode => Code.Where(file => file.IsProduct);

    /// <summary>All files that people write, C# or not, without lock files.</summary>
    public static IEnumerable<SourceFile> Texts => Paths.Where(IsText).Select(Read);

    /// <summary>Names directly in the root: folders end in a slash.</summary>
    public static IEnumerable<string> TopLevelFolders =>
        Directory.GetDirectories(SourceTree.Root).Select(path => Path.GetFileName(path)!).Except(Generated);

    /// <summary>Reads one file of the tree.</summary>
    public static SourceFile Read(string path) =>
        new(path, File.ReadAllText(SourceTree.At(path)).ReplaceLineEndings("\n"));

    private static bool IsText(string path)
    {
        var name = Path.GetFileName(path);
        return name != "packages.lock.json"
            && (path.StartsWith(".ci/", StringComparison.Ordinal)
                || name is "Dockerfile" or ".gitignore"
                || TextEndings.Contains(Path.GetExtension(name)));
    }

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.GetFiles(SourceTree.At(folder)))
        {
            yield return Path.Combine(folder, Path.GetFileName(file)).Replace('\\', '/');
        }

        foreach (var name in Directory.GetDirectories(SourceTree.At(folder)).Select(path => Path.GetFileName(path)!))
        {
            var hidden = name.StartsWith('.') && name is not (".ci" or ".github");
            foreach (var file in hidden || Generated.Contains(name) ? [] : Walk(Path.Combine(folder, name)))
            {
                yield return file;
            }
        }
    }
}
