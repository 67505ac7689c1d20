using System.Text.RegularExpressions;

namespace KioskFleet.Tidy.Tests;

/// <summary>What the repository as a whole consists of.</summary>
internal static partial class RepositoryRules
{
    private static readonly string[] KnownFolders =
        ["kiosk-agent", "fleet-service", "protocol", "simulators", "tests", "deploy"];

    public static IEnumerable<string> TopLevelFolders(IEnumerable<string> folders) =>
        from folder in folders
        where !folder.StartsWith('.') && !KnownFolders.Contains(folder)
        select $"{folder}/: not a folder of this repository";

    public static IEnumerable<string> Solution(string solution, IEnumerable<string> paths)
    {
        var listed = ProjectPath().Matches(solution).Select(match => match.Groups[1].Value.Replace('\\', '/')).ToList();
        var present = paths.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)).ToList();
        return present.Except(listed).Select(path => $"{path}: not in the solution")
            .Concat(listed.Except(present).Select(path => $"{path}: in the solution and not in the tree"));
    }

    public static IEnumerable<string> LockFiles(IReadOnlyCollection<string> paths) =>
        from project in paths
        where project.EndsWith(".csproj", StringComparison.Ordinal)
        let lockFile = $"{project[..project.LastIndexOf('/')]}/packages.lock.json"
        where !paths.Contains(lockFile)
        select $"{project}: no packages.lock.json beside it";

    [GeneratedRegex(@"""([^""]+\.csproj)""")]
    private static partial Regex ProjectPath();
}
