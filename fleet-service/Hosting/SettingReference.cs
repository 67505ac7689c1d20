using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Xml.Linq;

namespace KioskFleet.Service.Hosting;

/// <summary>A setting that the service reads.</summary>
/// <param name="Name">Its full name, as <c>--set</c> takes it.</param>
/// <param name="Default">What holds when nobody sets it; empty when nothing does.</param>
/// <param name="Words">What it means, with its range; of a kind, the words that it takes.</param>
internal sealed record SettingDescription(string Name, string Default, string Words);

/// <summary>
/// Every setting with its default and its meaning, as the options records and their documentation say: nothing is
/// written down twice. Pure but for reading the documentation file that lies beside the program.
/// </summary>
internal static class SettingReference
{
    /// <summary>All settings, by name.</summary>
    public static IReadOnlyList<SettingDescription> All()
    {
        var documentation = Documentation();
        return [.. SettingNames.Sections
            .SelectMany(section => Of(section.Key, Activator.CreateInstance(section.Value)!, documentation))
            .OrderBy(setting => setting.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<SettingDescription> Of(
        string path, object options, Dictionary<string, string> documentation)
    {
        foreach (var property in SettingNames.PropertiesOf(options.GetType()))
        {
            var (name, value) = ($"{path}:{property.Name}", property.GetValue(options));
            if (SettingNames.IsSection(property) && value is not null)
            {
                foreach (var inner in Of(name, value, documentation))
                {
                    yield return inner;
                }

                continue;
            }

            var words = documentation.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}", "");
            var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (kind.IsEnum && !Enum.GetNames(kind).All(choice => words.Contains(choice, StringComparison.Ordinal)))
            {
                words = $"{words} One of {string.Join(", ", Enum.GetNames(kind))}.";
            }

            yield return new SettingDescription(name, Text(value), words);
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static Dictionary<string, string> Documentation()
    {
        var file = Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, ".xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member")
                .Where(member => member.Attribute("name")?.Value.StartsWith("P:", StringComparison.Ordinal) == true)
                .ToDictionary(member => member.Attribute("name")!.Value, member => Words(member.Element("summary")))
            : [];
    }

    private static string Words(XElement? summary) => string.Join(
        ' ', string.Concat(summary?.Nodes().Select(Words) ?? [])
            .Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));

    private static string Words(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when element.Attribute("cref")?.Value is { } target =>
            target[(target.LastIndexOf('.') + 1)..],
        XElement element => element.Value,
        _ => "",
    };
}
