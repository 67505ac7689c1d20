using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KioskFleet.Tidy.Tests;

/// <summary>Names that say nothing, marks of unfinished work, and words that do not belong to the product.</summary>
internal static partial class WordRules
{
    // As whole words of a name; "Common" only in front, since a last common entry is a word of the protocol.
    private static readonly string[] EmptyWords =
        ["Helper", "Helpers", "Manager", "Managers", "Util", "Utils", "Utility", "Utilities", "Misc"];

    public static IEnumerable<string> EmptyNames(SourceFile file)
    {
        var fileName = Path.GetFileNameWithoutExtension(file.Name);
        if (IsEmpty(fileName))
        {
            yield return $"{file.Path}: the file's name says nothing";
        }

        foreach (var type in file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
        {
            if (IsEmpty(type.Identifier.Text))
            {
                yield return file.At(type, $"the name {type.Identifier.Text} says nothing");
            }
        }
    }

    public static IEnumerable<string> UnfinishedWork(SourceFile file) => Matches(file, Unfinished(), "unfinished work");

    public static IEnumerable<string> SilencedWarnings(SourceFile file) =>
        from trivia in file.Root.DescendantTrivia(descendIntoTrivia: true)
        where trivia.IsKind(SyntaxKind.PragmaWarningDirectiveTrivia)
            || trivia.IsKind(SyntaxKind.NullableDirectiveTrivia)
        let line = trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1
        select $"{file.Path}:{line}: a warning is silenced: {trivia.ToString().Trim()}";

    /// <summary>
    /// Paths of one machine, a tracker's numbers, package hosts and the tools a text was written with: the project
    /// speaks of itself only. The patterns spell one letter as a set, so that they do not find themselves.
    /// </summary>
    public static IEnumerable<string> WordsOfTheWorkplace(SourceFile file) =>
        Matches(file, Workplace(), "not a word of this project");

    private static bool IsEmpty(string name)
    {
        var words = Word().Matches(name).Select(word => word.Value).ToList();
        return words.Any(EmptyWords.Contains) || words.FirstOrDefault() == "Common";
    }

    private static IEnumerable<string> Matches(SourceFile file, Regex pattern, string finding) =>
        from line in file.Lines.Index()
        from Match match in pattern.Matches(line.Item)
        select $"{file.Path}:{line.Index + 1}: {finding}: {match.Value}";

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(TO[D]O|FIX[M]E|HA[C]K|XX[X])\b|NotImplemented[E]xception")]
    private static partial Regex Unfinished();

    [GeneratedRegex(
        @"(?<![\w.])/wor[k]/|(?<!\w)/tmp/(ar[t]|brie[f]|k[b])\b|(?<!\w)/roo[t]/|(?<!\w)/hom[e]/\w|[.]{2}/share[d]/"
        + @"|\b[k]b (\w+ )?dotnet\b|\bissues? (show|#?\d{1,3}\b)|\b(PR|ticket) ?#\d|(?<=\s)#\d{1,3}\b(?![^""]*"")"
        + @"|nuge[t]\.org|\b[c]laude\b|\b[a]nthropic\b|\b[c]hatgpt\b|\b[o]penai\b|\b[c]opilot\b|\blanguage [m]odel\b"
        + @"|\b(this|the) [b]rief\b|\bthis [s]ession\b",
        RegexOptions.IgnoreCase)]
    private static partial Regex Workplace();
}
