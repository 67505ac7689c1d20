using System.Reflection;

namespace KioskFleet.Service.Hosting;

/// <summary>A setting of the command line cannot be taken. The message names it and what there is.</summary>
internal sealed class SettingException(string message) : Exception(message);

/// <summary>
/// The names of the program's settings: each options record is the section that its <c>Section</c> names. A setting
/// that nobody reads would be ignored in silence; it is refused instead. Pure.
/// </summary>
internal static class SettingNames
{
    /// <summary>Sections of the libraries that the service is built on; their names are theirs.</summary>
    private static readonly string[] OfLibraries = ["Logging", "Kestrel", "AllowedHosts", "Urls"];

    /// <summary>The options record of each section, by the section's name in any case.</summary>
    public static IReadOnlyDictionary<string, Type> Sections { get; } = typeof(SettingNames).Assembly.GetTypes()
        .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))
        .Select(type => (Type: type, Section: type.GetField("Section")?.GetRawConstantValue() as string))
        .Where(pair => pair.Section is not null)
        .ToDictionary(pair => pair.Section!, pair => pair.Type, StringComparer.OrdinalIgnoreCase);

    /// <summary>Checks the names in a file of settings.</summary>
    /// <param name="file">What messages call it.</param>
    /// <param name="names">Section:Name of each.</param>
    /// <exception cref="SettingException">There is no such setting.</exception>
    public static void CheckFile(string file, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            Check($"{file}: {name}", name.Split(':'));
        }
    }

    /// <summary>
    /// Checks the names of environment variables: those that begin with a section and two underscores are settings. All
    /// others are somebody else's.
    /// </summary>
    /// <param name="names">The names of the variables.</param>
    /// <exception cref="SettingException">There is no such setting.</exception>
    public static void CheckEnvironment(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var path = name.Split("__");
            if (path.Length > 1 && Sections.ContainsKey(path[0]))
            {
                Check($"environment variable {name}", path);
            }
        }
    }

    /// <summary>Checks the addresses that the HTTP API is to listen on.</summary>
    /// <param name="urls">Addresses with semicolons between; empty for the default.</param>
    /// <exception cref="SettingException">One cannot be listened on.</exception>
    public static void CheckUrls(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (CanBeListenedOn(url))
            {
                continue;
            }

            throw new SettingException($"Urls: got '{url}'; takes addresses such as http://127.0.0.1:8080, with "
                + "semicolons between.");
        }
    }

    /// <summary>Checks settings given as NAME=VALUE.</summary>
    /// <exception cref="SettingException">One is no assignment, or there is no such setting.</exception>
    public static void Check(IEnumerable<string> assignments)
    {
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new SettingException($"--set {assignment}: takes Section:Name=VALUE.");
            }

            Check($"--set {assignment}", assignment[..equals].Split(':'));
        }
    }

    private static bool CanBeListenedOn(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);

            // A port that is no number is read as part of the host.
            return address.Scheme is "http" or "https" && (address.IsUnixPipe || address.Host.StartsWith('[')
                || !address.Host.Contains(':', StringComparison.Ordinal));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>The settings of an options record.</summary>
    internal static List<PropertyInfo> PropertiesOf(Type options) =>
        [.. options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)];

    /// <summary>True for settings in a setting; false for a value, a list or a dictionary.</summary>
    internal static bool IsSection(PropertyInfo property) =>
        property.PropertyType.Assembly == typeof(SettingNames).Assembly && !property.PropertyType.IsEnum;

    private static void Check(string given, string[] names)
    {
        if (OfLibraries.Contains(names[0], StringComparer.OrdinalIgnoreCase))
        {
            return;
        }

        if (!Sections.TryGetValue(names[0], out var type))
        {
            throw new SettingException($"{given}: there is no section '{names[0]}'; takes "
                + $"{string.Join(", ", Sections.Keys.Concat(OfLibraries).Order(StringComparer.Ordinal))}.");
        }

        foreach (var (name, depth) in names.Skip(1).Select((name, i) => (name, i + 1)))
        {
            var properties = PropertiesOf(type);
            if (properties.Find(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } property)
            {
                throw new SettingException(
                    $"{given}: there is no '{name}' in {string.Join(':', names[..depth])}; "
                    + $"takes {string.Join(", ", properties.Select(p => p.Name))}.");
            }

            if (!IsSection(property))
            {
                // A value, a list or a dictionary: what follows is its own.
                return;
            }

            type = property.PropertyType;
        }
    }
}
