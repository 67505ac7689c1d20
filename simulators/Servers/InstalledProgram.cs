namespace KioskFleet.Simulators.Servers;

/// <summary>Finds programs of other makers.</summary>
internal static class InstalledProgram
{
    // Debian keeps servers out of a plain user's PATH, and each version of PostgreSQL in a folder of its own.
    private static readonly string[] MoreFolders = ["/usr/sbin", "/usr/local/sbin"];
    private const string PostgreSqlVersions = "/usr/lib/postgresql";

    /// <summary>The path of a program that is named or lies in PATH; null when there is none.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Concat(MoreFolders)
        .Concat(Directory.Exists(PostgreSqlVersions)
            ? Directory.EnumerateDirectories(PostgreSqlVersions).OrderDescending(StringComparer.Ordinal)
                .Select(version => Path.Combine(version, "bin"))
            : [])
        .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    /// <summary>The path of a program.</summary>
    /// <exception cref="CampaignException">It is not installed; the message says how it is.</exception>
    public static string Need(string program, string package) => Find(program) ?? throw new CampaignException(
        $"{program} is not installed: apt-get install {package}.");
}
