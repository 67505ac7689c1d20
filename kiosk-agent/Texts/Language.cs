namespace KioskFleet.Agent.Texts;

/// <summary>The languages people read us in.</summary>
internal enum Language
{
    /// <summary>English; also for every language not known here.</summary>
    English,

    /// <summary>Chinese, simplified.</summary>
    Chinese,
}

/// <summary>Chooses a language.</summary>
internal static class Languages
{
    /// <summary>
    /// From the environment, as POSIX says: the first of LC_ALL, LC_MESSAGES and LANG that is set. <c>zh_CN.UTF-8</c>
    /// is Chinese.
    /// </summary>
    public static Language FromEnvironment(Func<string, string?> read)
    {
        string[] names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        var value = names.Select(read).FirstOrDefault(text => !string.IsNullOrEmpty(text));
        return FromTag(value);
    }

    /// <summary>
    /// From an Accept-Language header: the language with the highest weight among those known; English when there is
    /// none. A header that cannot be read says nothing.
    /// </summary>
    public static Language FromAcceptLanguage(string? header)
    {
        var best = Language.English;
        var bestWeight = 0.0;
        foreach (var part in (header ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            var pieces = part.Split(';', StringSplitOptions.TrimEntries);
            var weight = pieces is [_, ['q', '=', .. var number], ..] ? ReadWeight(number) : 1.0;
            var known = IsTag(pieces[0], "zh") || IsTag(pieces[0], "en");
            if (known && weight > bestWeight)
            {
                bestWeight = weight;
                best = FromTag(pieces[0]);
            }
        }

        return best;
    }

    private static double ReadWeight(string text) => double.TryParse(
        text, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture,
        out var weight)
        ? weight
        : 0;

    private static Language FromTag(string? tag) => IsTag(tag, "zh") ? Language.Chinese : Language.English;

    private static bool IsTag(string? tag, string language) => tag is not null
        && tag.StartsWith(language, StringComparison.OrdinalIgnoreCase)
        && (tag.Length == language.Length || tag[language.Length] is '-' or '_' or '.');
}
