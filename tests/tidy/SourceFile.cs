using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace KioskFleet.Tidy.Tests;

/// <summary>
/// One C# file of the tree, or a sample that stands for one. The path is relative to the root, with forward slashes:
/// <c>fleet-service/Ledger/LedgerStore.cs</c>.
/// </summary>
internal sealed class SourceFile(string path, string text)
{
    private readonly Lazy<SyntaxNode> root = new(() => CSharpSyntaxTree.ParseText(text).GetRoot());

    public string Path { get; } = path;

    public string Text { get; } = text;

    public string Name { get; } = System.IO.Path.GetFileName(path);

    public string[] Lines { get; } = text.TrimEnd('\n').Split('\n');

    public SyntaxNode Root => root.Value;

    /// <summary>The project folder: <c>protocol</c>, <c>tests/kit</c>; empty for a file of the root.</summary>
    public string Project { get; } = string.Join(
        '/', path.Split('/')[..^1].Take(path.StartsWith("tests/", StringComparison.Ordinal) ? 2 : 1));

    /// <summary>The folders below the project folder; empty for a file directly in it.</summary>
    public string Folder { get; } = string.Join(
        '/', path.Split('/')[..^1].Skip(path.StartsWith("tests/", StringComparison.Ordinal) ? 2 : 1));

    /// <summary>True for files whose code is shipped or runs for a user; false for tests.</summary>
    public bool IsProduct => !Path.StartsWith("tests/", StringComparison.Ordinal);

    /// <summary>The first line of a node, counted from one.</summary>
    public static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>How many lines a node takes, without the comments before it.</summary>
    public static int LinesOf(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    /// <summary>A finding at a node of this file.</summary>
    public string At(SyntaxNode node, string finding) => $"{Path}:{LineOf(node)}: {finding}";
}
