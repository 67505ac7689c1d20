using System.Globalization;
using System.Resources;

namespace KioskFleet.Agent.Texts;

/// <summary>
/// The texts of one capability in all languages. Both languages lie in the program itself, not in satellite assemblies:
/// the program runs without culture data, and its in-process users choose the language per request. Thread-safe.
/// </summary>
/// <param name="name">Name of the resource files in this folder, without language and ending.</param>
internal sealed class TextCatalogue(string name)
{
    private readonly ResourceManager _english = Open(name);
    private readonly ResourceManager _chinese = Open(name + ".zh-Hans");

    /// <summary>A text.</summary>
    /// <exception cref="MissingManifestResourceException">There is no text with this key: a bug.</exception>
    public string Text(Language language, string key) =>
        (language == Language.Chinese ? _chinese : _english).GetString(key, CultureInfo.InvariantCulture)
        ?? throw new MissingManifestResourceException($"There is no text '{key}' in {language}.");

    /// <summary>A text with its arguments put in.</summary>
    public string Format(Language language, string key, params object[] arguments) =>
        string.Format(CultureInfo.InvariantCulture, Text(language, key), arguments);

    private static ResourceManager Open(string file) =>
        new($"KioskFleet.Agent.Texts.{file}", typeof(TextCatalogue).Assembly);
}
