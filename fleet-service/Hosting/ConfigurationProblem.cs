using System.Reflection;
using System.Text.RegularExpressions;
using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;
using Microsoft.Extensions.Options;

namespace KioskFleet.Service.Hosting;

/// <summary>
/// Says in the words of the settings why the program does not start: name, what it got, what it takes.
/// </summary>
internal static partial class ConfigurationProblem
{
    private const BindingFlags Settable = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>The lines to show; null when the exception is no matter of settings or data.</summary>
    public static IReadOnlyList<string>? Describe(Exception error) => error switch
    {
        OptionsValidationException options => [.. options.Failures],
        StorageException or DataSetException or SettingException => [error.Message],
        InvalidDataException => [$"{error.Message} {error.InnerException?.Message}".TrimEnd()],
        AggregateException many => many.InnerExceptions.Select(Describe).All(d => d is not null)
            ? [.. many.InnerExceptions.SelectMany(e => Describe(e)!)]
            : null,
        InvalidOperationException => Conversion(error.Message) ?? Misspelt(error.Message),
        _ => null,
    };

    private static IReadOnlyList<string>? Conversion(string message)
    {
        var match = Converted().Match(message);
        if (!match.Success)
        {
            return null;
        }

        var type = typeof(ConfigurationProblem).Assembly.GetType(match.Groups["type"].Value)
            ?? AppDomain.CurrentDomain.GetAssemblies().Select(one => one.GetType(match.Groups["type"].Value))
                .FirstOrDefault(found => found is not null);
        var takes = type switch
        {
            { IsEnum: true } => string.Join(" or ", Enum.GetNames(type)),
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) || type == typeof(long) => "a whole number",
            _ => match.Groups["type"].Value,
        };
        return [$"{match.Groups["path"].Value}: got '{match.Groups["got"].Value}'; takes {takes}."];
    }

    private static IReadOnlyList<string>? Misspelt(string message)
    {
        var match = Unknown().Match(message);
        if (!match.Success)
        {
            return null;
        }

        var section = match.Groups["type"].Value.Split('.')[^1].Replace("Options", "", StringComparison.Ordinal);
        var type = typeof(ConfigurationProblem).Assembly.GetType(match.Groups["type"].Value);
        var takes = type is null ? "other names" : string.Join(", ", type.GetProperties(Settable).Select(p => p.Name));
        return [$"Settings of {section}: got {match.Groups["got"].Value}; takes {takes}."];
    }

    [GeneratedRegex("properties were not found on the instance of (?<type>[^:]*): (?<got>.*)$")]
    private static partial Regex Unknown();

    [GeneratedRegex("^Failed to convert configuration value '(?<got>.*)' at '(?<path>[^']*)' to type '(?<type>[^']*)'")]
    private static partial Regex Converted();
}
