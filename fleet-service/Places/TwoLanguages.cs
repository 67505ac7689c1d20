using System.Globalization;
using System.Resources;

namespace KioskFleet.Service.Places;

/// <summary>
/// Texts for people in both languages, from the two resource files of a capability: <c>XText.resx</c> (English) and
/// <c>XTextChinese.resx</c>. Both are embedded in the program itself: it runs without culture data, so no satellite
/// assembly of a culture could be found. Thread-safe.
/// </summary>
internal sealed class TwoLanguages(string baseName)
{
    private readonly ResourceManager _english = new(baseName, typeof(TwoLanguages).Assembly);
    private readonly ResourceManager _chinese = new(baseName + "Chinese", typeof(TwoLanguages).Assembly);

    /// <summary>The text of a key.</summary>
    /// <exception cref="InvalidOperationException">One of the two files does not have it.</exception>
    public Bilingual this[string key] => new(Read(_chinese, key), Read(_english, key));

    /// <summary>The text of a key with its places filled in; a value in both languages is put into each in its own.
    /// </summary>
    /// <exception cref="InvalidOperationException">One of the two files does not have it.</exception>
    public Bilingual Of(string key, params ReadOnlySpan<object?> values)
    {
        var text = this[key];
        object?[] all = [.. values];
        return new Bilingual(
            string.Format(CultureInfo.InvariantCulture, text.Zh, [.. all.Select(v => v is Bilingual b ? b.Zh : v)]),
            string.Format(CultureInfo.InvariantCulture, text.En, [.. all.Select(v => v is Bilingual b ? b.En : v)]));
    }

    private static string Read(ResourceManager texts, string key) =>
        texts.GetString(key, CultureInfo.InvariantCulture)
        ?? throw new InvalidOperationException($"There is no text '{key}' in {texts.BaseName}.");
}
