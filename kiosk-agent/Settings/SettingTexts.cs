using KioskFleet.Agent.Texts;

namespace KioskFleet.Agent.Settings;

/// <summary>Says what is wrong with a setting.</summary>
internal static class SettingTexts
{
    private static readonly TextCatalogue Catalogue = new("SettingTexts");

    /// <summary>One line: setting, what it got, what it takes.</summary>
    public static string Describe(SettingFinding finding, Language language) => Catalogue.Format(
        language, "Finding", finding.Setting, finding.Got,
        Catalogue.Format(language, finding.Takes.TextKey, finding.Takes.Arguments));
}
