using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Texts;

namespace KioskFleet.Agent.Cli;

/// <summary>
/// The terminal of one command: texts in the user's language, results to stdout, everything else to stderr.
/// </summary>
/// <param name="Output">Where results go.</param>
/// <param name="Error">Where words about them go.</param>
/// <param name="Language">The user's language.</param>
internal sealed record CliContext(TextWriter Output, TextWriter Error, Language Language)
{
    private static readonly TextCatalogue Catalogue = new("CliTexts");

    /// <summary>The process's own terminal.</summary>
    public static CliContext OfProcess() =>
        new(Console.Out, Console.Error, Languages.FromEnvironment(Environment.GetEnvironmentVariable));

    /// <summary>A text.</summary>
    public string Text(string key, params object[] arguments) => arguments.Length == 0
        ? Catalogue.Text(Language, key)
        : Catalogue.Format(Language, key, arguments);

    /// <summary>Says something beside the result.</summary>
    public void Say(string key, params object[] arguments) => Error.WriteLine(Text(key, arguments));

    /// <summary>Prints every finding about the settings.</summary>
    public int Refuse(SettingsException exception)
    {
        foreach (var finding in exception.Findings)
        {
            Error.WriteLine(SettingTexts.Describe(finding, Language));
        }

        return ExitCode.Usage;
    }
}
