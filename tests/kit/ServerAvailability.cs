using Xunit.v3;

namespace KioskFleet.TestKit;

/// <summary>
/// Says which real servers this machine has, and why a test that needs one is skipped. Use in a test either
/// <c>ServerAvailability.RequireMosquitto();</c> as its first line, or on the attribute
/// <c>[Fact(SkipUnless = nameof(ServerAvailability.HasMosquitto), SkipType = typeof(ServerAvailability),
/// Skip = ServerAvailability.NoMosquitto)]</c>. Thread-safe.
/// </summary>
public static class ServerAvailability
{
    /// <summary>Why a test of Mosquitto cannot run here.</summary>
    public const string NoMosquitto = "mosquitto is not installed (Debian: apt-get install mosquitto)";

    /// <summary>Why a test of VictoriaMetrics cannot run here.</summary>
    public const string NoVictoriaMetrics =
        "victoria-metrics is not installed (Debian: apt-get install victoria-metrics)";

    /// <summary>Why a test of PostgreSQL cannot run here.</summary>
    public const string NoPostgreSql =
        "PostgreSQL 15 or newer is not installed (Debian: apt-get install postgresql)";

    /// <summary>True when Mosquitto can be started.</summary>
    public static bool HasMosquitto => MosquittoServer.IsInstalled;

    /// <summary>True when VictoriaMetrics can be started.</summary>
    public static bool HasVictoriaMetrics => VictoriaMetricsServer.IsInstalled;

    /// <summary>True when PostgreSQL can be started.</summary>
    public static bool HasPostgreSql => PostgreSqlServer.IsInstalled;

    /// <summary>Skips the running test, with the reason, when PostgreSQL is not installed.</summary>
    public static void RequirePostgreSql() => Require(HasPostgreSql, NoPostgreSql);

    /// <summary>Skips the running test, with the reason, when Mosquitto is not installed.</summary>
    public static void RequireMosquitto() => Require(HasMosquitto, NoMosquitto);

    /// <summary>Skips the running test, with the reason, when VictoriaMetrics is not installed.</summary>
    public static void RequireVictoriaMetrics() => Require(HasVictoriaMetrics, NoVictoriaMetrics);

    /// <summary>Skips the running test with the reason when the condition does not hold.</summary>
    /// <exception cref="TestSkippedException">Tells the test framework to report the test as skipped.</exception>
    public static void Require(bool available, string reasonToSkip)
    {
        if (!available)
        {
            throw new TestSkippedException(DynamicSkipToken.Value + reasonToSkip);
        }
    }

    /// <summary>
    /// Looks for a program in PATH and in the folders for system programs, which PATH lacks for ordinary users.
    /// </summary>
    /// <returns>The absolute path, or null.</returns>
    public static string? FindProgram(string name)
    {
        string[] systemFolders = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(systemFolders)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}

/// <summary>Thrown to report the running test as skipped; its message begins with the framework's skip token.</summary>
public sealed class TestSkippedException(string message) : Exception(message);
