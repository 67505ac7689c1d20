using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KioskFleet.Tidy.Tests;

/// <summary>How large a file, a line, a method and a constructor may become.</summary>
internal static class SizeRules
{
    public const int MaxProductFileLines = 300;
    public const int MaxTestFileLines = 400;
    public const int MaxMethodLines = 60;
    public const int MaxColumns = 120;
    public const int MaxConstructorParameters = 6;

    // A positional record is a row of named data (a wire message, a policy) and hides no dependency; beyond this it
    // has a second job too.
    public const int MaxRecordFields = 16;

    public static IEnumerable<string> FileLength(SourceFile file)
    {
        var most = file.IsProduct ? MaxProductFileLines : MaxTestFileLines;
        if (file.Lines.Length > most)
        {
            yield return $"{file.Path}: {file.Lines.Length} lines, at most {most}";
        }
    }

    public static IEnumerable<string> LineWidth(SourceFile file) =>
        from line in file.Lines.Index()
        where line.Item.Length > MaxColumns
        select $"{file.Path}:{line.Index + 1}: {line.Item.Length} columns, at most {MaxColumns}";

    public static IEnumerable<string> MethodLength(SourceFile file)
    {
        var methods = file.Root.DescendantNodes()
            .Where(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax)
            .Where(node => SourceFile.LinesOf(node) > MaxMethodLines)
            .Select(node => file.At(node, $"{SourceFile.LinesOf(node)} lines in a method, at most {MaxMethodLines}"));
        var program = file.Root.ChildNodes().OfType<GlobalStatementSyntax>().Sum(SourceFile.LinesOf);
        return program <= MaxMethodLines
            ? methods
            : methods.Append($"{file.Path}: {program} lines of top-level statements, at most {MaxMethodLines}");
    }

    public static IEnumerable<string> ConstructorParameters(SourceFile file)
    {
        foreach (var constructor in file.Root.DescendantNodes().OfType<ConstructorDeclarationSyntax>())
        {
            var count = constructor.ParameterList.Parameters.Count;
            if (count > MaxConstructorParameters)
            {
                yield return file.At(constructor, $"{count} parameters, at most {MaxConstructorParameters}");
            }
        }

        foreach (var type in file.Root.DescendantNodes().OfType<TypeDeclarationSyntax>())
        {
            var count = type.ParameterList?.Parameters.Count ?? 0;
            var most = type is RecordDeclarationSyntax ? MaxRecordFields : MaxConstructorParameters;
            if (count > most)
            {
                yield return file.At(type, $"{type.Identifier} has {count} parameters, at most {most}");
            }
        }
    }
}
