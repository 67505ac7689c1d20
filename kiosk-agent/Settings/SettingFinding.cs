namespace KioskFleet.Agent.Settings;

/// <summary>What a setting takes, as a key of the texts with its arguments.</summary>
/// <param name="TextKey">Key in the setting texts.</param>
/// <param name="Arguments">Values for the text.</param>
internal sealed record Expectation(string TextKey, params object[] Arguments);

/// <summary>One thing wrong with the settings: which setting, what it got, what it takes.</summary>
/// <param name="Setting">The setting's name as written in the file, with <c>:</c> between sections.</param>
/// <param name="Got">What it got.</param>
/// <param name="Takes">What it takes.</param>
internal sealed record SettingFinding(string Setting, string Got, Expectation Takes);

/// <summary>Settings that cannot be used; holds every finding, not just the first.</summary>
internal sealed class SettingsException(IReadOnlyList<SettingFinding> findings)
    : Exception(string.Join(Environment.NewLine,
        findings.Select(finding => SettingTexts.Describe(finding, Texts.Language.English))))
{
    /// <summary>What is wrong; at least one.</summary>
    public IReadOnlyList<SettingFinding> Findings { get; } = findings;
}
