using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KioskFleet.Tidy.Tests;

/// <summary>
/// Product code takes time, chance and identity as values or from an injected source, so that every run can be
/// replayed; and no failure is swallowed.
/// </summary>
internal static class AmbientRules
{
    // Written as in code; a longer name before it (System.DateTime.UtcNow) is found too.
    private static readonly string[] Everywhere =
    [
        "DateTime.UtcNow", "DateTime.Now", "DateTime.Today", "DateTimeOffset.UtcNow", "DateTimeOffset.Now",
        "Random.Shared", "Guid.NewGuid", "Guid.CreateVersion7", "Environment.TickCount", "Environment.TickCount64",
    ];

    // A stopwatch cannot be steered by a test's clock; only what measures for its own sake may use one.
    private static readonly string[] OutsideSimulators = ["Stopwatch.StartNew", "Stopwatch.GetTimestamp"];

    public static IEnumerable<string> AmbientSources(SourceFile file)
    {
        var banned = file.Project == "simulators" ? Everywhere : [.. Everywhere, .. OutsideSimulators];
        foreach (var access in file.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>())
        {
            var name = $"{LastName(access.Expression)}.{access.Name.Identifier.Text}";
            if (banned.Contains(name))
            {
                yield return file.At(access, $"{name} is ambient");
            }
        }

        foreach (var creation in file.Root.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>())
        {
            if (creation.ArgumentList is null or { Arguments.Count: 0 } && CreatedType(creation) == "Random")
            {
                yield return file.At(creation, "new Random() without a seed is ambient");
            }
        }
    }

    public static IEnumerable<string> EmptyCatches(SourceFile file) =>
        from clause in file.Root.DescendantNodes().OfType<CatchClauseSyntax>()
        where clause.Block.Statements.Count == 0
        select file.At(clause, "an empty catch swallows the failure");

    private static string LastName(SyntaxNode expression) => expression switch
    {
        SimpleNameSyntax simple => simple.Identifier.Text,
        MemberAccessExpressionSyntax access => access.Name.Identifier.Text,
        QualifiedNameSyntax qualified => qualified.Right.Identifier.Text,
        AliasQualifiedNameSyntax alias => alias.Name.Identifier.Text,
        _ => "",
    };

    private static string CreatedType(BaseObjectCreationExpressionSyntax creation)
    {
        if (creation is ObjectCreationExpressionSyntax written)
        {
            return LastName(written.Type);
        }

        // new(): the type stands where the value goes to.
        var type = creation.Ancestors().Select(node => node switch
        {
            VariableDeclarationSyntax variable => variable.Type,
            PropertyDeclarationSyntax property => property.Type,
            BlockSyntax or TypeDeclarationSyntax => SyntaxFactory.ParseTypeName("none"),
            _ => null,
        }).FirstOrDefault(found => found is not null);
        return type is null ? "" : LastName(type is NullableTypeSyntax nullable ? nullable.ElementType : type);
    }
}
