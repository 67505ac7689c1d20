using System.Reflection;

namespace KioskFleet.TestKit;

/// <summary>Finds the source tree that the running tests were built from. Thread-safe.</summary>
public static class SourceTree
{
    private const string Marker = "KioskFleet.sln";

    private static readonly Lazy<string> Found = new(Find);

    /// <summary>Absolute path of the folder that holds KioskFleet.sln.</summary>
    /// <exception cref="DirectoryNotFoundException">Neither the built files nor the place they were built from lie in
    /// a source tree any more.</exception>
    public static string Root => Found.Value;

    /// <summary>Absolute path of a file or folder of the tree, from a path with forward slashes.</summary>
    public static string At(string relativePath) => Path.Combine(Root, relativePath);

    private static string Find()
    {
        // Build output may lie outside the tree; the assembly then still knows the folder it was compiled from.
        var compiledFrom = typeof(SourceTree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(attribute => attribute.Key == "SourceFolder")?.Value;
        string?[] starts = [AppContext.BaseDirectory, compiledFrom, Environment.CurrentDirectory];
        foreach (var start in starts)
        {
            var first = start is null ? null : new DirectoryInfo(start);
            for (var folder = first; folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, Marker)))
                {
                    return folder.FullName;
                }
            }
        }

        throw new DirectoryNotFoundException($"{Marker} is in none of {string.Join(", ", starts)} nor above them.");
    }
}
