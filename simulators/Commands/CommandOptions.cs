using System.CommandLine;
using System.Globalization;

namespace KioskFleet.Simulators.Commands;

/// <summary>The options that every command has, and how ranges are told.</summary>
internal static class CommandOptions
{
    /// <summary><c>--json FILE</c>.</summary>
    public static Option<string?> Json()
    {
        var option = Text("--json", "FILE", "Write the result to this file.");
        option.Validators.Add(result =>
        {
            // Found before a long run, not at its end.
            if (result.Tokens.Count > 0
                && Path.GetDirectoryName(Path.GetFullPath(result.Tokens[^1].Value)) is { } folder
                && !Directory.Exists(folder))
            {
                result.AddError($"--json is {result.Tokens[^1].Value}; there is no folder {folder}.");
            }
        });
        return option;
    }

    /// <summary><c>--seed S</c>.</summary>
    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "Seed of all chance: the same seed gives the same load.",
        HelpName = "S",
        DefaultValueFactory = static _ => 1,
    };

    /// <summary>A whole number within a range.</summary>
    public static Option<int> Number(string name, string description, int fallback, int least, int most)
    {
        var option = new Option<int>(name)
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"{description} {least} to {most}."),
            HelpName = "N",
            DefaultValueFactory = _ => fallback,
        };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any())
            {
                return;
            }

            // Asked of the text first: the library throws when a word is read as a number.
            if (result.Tokens.Count > 0 && !int.TryParse(
                result.Tokens[^1].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            {
                result.AddError(string.Create(
                    CultureInfo.InvariantCulture, $"{name} is {result.Tokens[^1].Value}; it takes {least} to {most}."));
                return;
            }

            var got = result.GetValueOrDefault<int>();
            if (got < least || got > most)
            {
                result.AddError(
                    string.Create(CultureInfo.InvariantCulture, $"{name} is {got}; it takes {least} to {most}."));
            }
        });
        return option;
    }

    /// <summary>A day that may be left out.</summary>
    public static Option<DateOnly?> Day(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "YYYY-MM-DD",
        CustomParser = result =>
        {
            if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture,
                DateTimeStyles.None, out var day))
            {
                return day;
            }

            result.AddError($"{name} is {result.Tokens[0].Value}; it takes a day such as 2020-09-01.");
            return null;
        },
    };

    /// <summary>A text that may be left out.</summary>
    public static Option<string?> Text(string name, string help, string description) => new(name)
    {
        Description = description,
        HelpName = help,
    };
}
