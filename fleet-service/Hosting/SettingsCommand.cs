using System.CommandLine;

namespace KioskFleet.Service.Hosting;

/// <summary>The command <c>settings</c>: what can be set, what holds by default, and what it means.</summary>
internal static class SettingsCommand
{
    private const int Width = 100;
    private const string Indent = "    ";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var part = new Argument<string?>("part")
        {
            Description = "Shows only settings whose name has this in it, such as Broker:External.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("settings", "Lists every setting with its default and its meaning.") { part };
        command.SetAction(parsed => Print(parsed.GetValue(part) ?? "", Console.Out, Console.Error));
        return command;
    }

    /// <summary>Prints the settings whose name has a part in it.</summary>
    /// <param name="part">The part, in any case; empty for all.</param>
    /// <param name="output">Where to.</param>
    /// <param name="errors">Where to say that there is none.</param>
    /// <returns>The exit code: 0, or 2 when there is no such setting.</returns>
    public static int Print(string part, TextWriter output, TextWriter errors)
    {
        var settings = SettingReference.All()
            .Where(setting => setting.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList();
        if (settings.Count == 0)
        {
            errors.WriteLine($"settings {part}: no setting has this in its name; without it, all are listed.");
            return Commands.WrongSettings;
        }

        foreach (var setting in settings)
        {
            output.WriteLine(setting.Default.Length > 0 ? $"{setting.Name}={setting.Default}" : $"{setting.Name}=");
            foreach (var line in Lines(setting.Words))
            {
                output.WriteLine(Indent + line);
            }
        }

        return 0;
    }

    private static IEnumerable<string> Lines(string words)
    {
        var line = "";
        foreach (var word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && Indent.Length + line.Length + 1 + word.Length > Width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        if (line.Length > 0)
        {
            yield return line;
        }
    }
}
