using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KioskFleet.Tidy.Tests;

/// <summary>Log messages have ids that are unique over the product, in their capability's range, in one file each.
/// </summary>
internal static class LogRules
{
    public static IEnumerable<string> EventIds(IEnumerable<SourceFile> files)
    {
        var seen = new Dictionary<int, string>();
        foreach (var file in files)
        {
            foreach (var attribute in Messages(file))
            {
                if (IdOf(attribute) is not { } id)
                {
                    yield return file.At(attribute, "a log message without an event id written as a number");
                    continue;
                }

                var here = file.At(attribute, "");
                if (!seen.TryAdd(id, here))
                {
                    yield return file.At(attribute, $"event id {id} is taken by {seen[id]}");
                }

                if (RangeOf(file) is not { } range)
                {
                    yield return file.At(attribute, $"{file.Project}/{file.Folder} has no range of ids in Rooms.cs");
                }
                else if (id < range.First || id >= range.First + range.Count)
                {
                    var last = range.First + range.Count - 1;
                    yield return file.At(attribute, $"event id {id} is not in {range.First} to {last}");
                }
            }
        }
    }

    public static IEnumerable<string> OneLogFilePerCapability(IEnumerable<SourceFile> files)
    {
        var logging = files.Where(file => Messages(file).Any()).ToList();
        foreach (var file in logging.Where(file => !file.Name.EndsWith("Log.cs", StringComparison.Ordinal)))
        {
            yield return $"{file.Path}: log messages belong into the capability's *Log.cs";
        }

        foreach (var folder in logging.GroupBy(file => (file.Project, file.Folder)).Where(group => group.Count() > 1))
        {
            var names = string.Join(", ", folder.Select(file => file.Name));
            yield return $"{folder.Key.Project}/{folder.Key.Folder}: more than one file of log messages: {names}";
        }
    }

    private static IEnumerable<AttributeSyntax> Messages(SourceFile file) =>
        from attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>()
        where attribute.Name.ToString().Split('.')[^1] is "LoggerMessage" or "LoggerMessageAttribute"
        select attribute;

    private static int? IdOf(AttributeSyntax attribute)
    {
        var arguments = attribute.ArgumentList?.Arguments ?? [];
        var named = arguments.FirstOrDefault(argument => NameOf(argument) is "EventId" or "eventId");
        var given = named ?? arguments.FirstOrDefault(argument => NameOf(argument) is null);
        return int.TryParse(given?.Expression.ToString().Replace("_", "", StringComparison.Ordinal), out var id)
            ? id
            : null;
    }

    private static string? NameOf(AttributeArgumentSyntax argument) =>
        argument.NameEquals?.Name.Identifier.Text ?? argument.NameColon?.Name.Identifier.Text;

    private static (int First, int Count)? RangeOf(SourceFile file) =>
        Rooms.LogEvents.TryGetValue($"{file.Project}/{file.Folder}", out var range)
        || Rooms.LogEvents.TryGetValue($"{file.Project}/*", out range)
            ? range
            : null;
}
