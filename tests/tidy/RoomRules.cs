using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace KioskFleet.Tidy.Tests;

/// <summary>Namespaces follow folders, and folders, projects and packages are used only where the table says.</summary>
internal static class RoomRules
{
    // With implicit usings these need no using; in the protocol their mere name is I/O, a clock or the environment.
    private static readonly string[] OutsideWorld =
    [
        "File", "Directory", "FileInfo", "DirectoryInfo", "FileStream", "StreamReader", "StreamWriter", "HttpClient",
        "Socket", "TcpClient", "TcpListener", "UdpClient", "Dns", "Console", "Process", "Environment", "Thread",
        "Timer", "TimeProvider", "Stopwatch", "Random",
    ];

    private static readonly string[] OutsideNamespaces =
        ["System.IO", "System.Net", "System.Diagnostics.Process", "System.Timers", "Microsoft"];

    public static IEnumerable<string> NamespaceIsFolder(SourceFile file, string rootNamespace)
    {
        var expected = file.Folder.Length == 0 ? rootNamespace : $"{rootNamespace}.{file.Folder.Replace('/', '.')}";
        var declared = file.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().ToList();
        foreach (var one in declared.Where(one => one.Name.ToString() != expected))
        {
            yield return file.At(one, $"namespace {one.Name}, expected {expected}");
        }

        var types = file.Root.ChildNodes().OfType<BaseTypeDeclarationSyntax>();
        foreach (var type in file.Name == "Program.cs" ? [] : types)
        {
            yield return file.At(type, $"{type.Identifier} is in no namespace, expected {expected}");
        }
    }

    public static IEnumerable<string> OneLevelOfFolders(SourceFile file)
    {
        if (file.Folder.Contains('/', StringComparison.Ordinal))
        {
            yield return $"{file.Path}: a folder in a folder; a capability is one level deep";
        }
    }

    public static IEnumerable<string> FoldersAreKnown(IEnumerable<SourceFile> files) =>
        from folder in files.Select(file => (file.Project, file.Folder)).Distinct()
        where !Rooms.Folders[folder.Project].ContainsKey(folder.Folder)
        select $"{folder.Project}/{folder.Folder} has no line in Rooms.cs; decide what it may use";

    /// <summary>Folders of the same project that the files use and their folder may not.</summary>
    /// <param name="files">All files of one project.</param>
    /// <param name="rootNamespace">The project's root namespace.</param>
    /// <param name="table">Folder → folders it may use.</param>
    public static IEnumerable<string> FolderDirection(
        IReadOnlyList<SourceFile> files, string rootNamespace, IReadOnlyDictionary<string, string[]> table)
    {
        var folders = files.Select(file => file.Folder).Where(folder => folder.Length > 0).ToHashSet();
        var types = files
            .SelectMany(file => file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
                .Select(type => $"{file.Folder}.{type.Identifier.Text}"))
            .ToHashSet();
        foreach (var file in files)
        {
            var uses = table.GetValueOrDefault(file.Folder, Rooms.None);
            foreach (var (node, folder) in UsedFolders(file, rootNamespace, folders, types))
            {
                if (folder != file.Folder && !Rooms.Allows(uses, folder))
                {
                    yield return file.At(node, $"{file.Folder} may not use {folder}");
                }
            }
        }
    }

    public static IEnumerable<string> PackagesInTheirRooms(SourceFile file) =>
        from name in FullNames(file)
        from package in Rooms.Packages
        where IsWithin(name.Text, package.Key) && !package.Value.Any(place => Matches(file.Path, place))
        select file.At(name.Node, $"{package.Key} is used outside its rooms");

    public static IEnumerable<string> NothingFromOutside(SourceFile file)
    {
        foreach (var (node, text) in FullNames(file))
        {
            if (OutsideNamespaces.Any(outside => IsWithin(text, outside)))
            {
                yield return file.At(node, $"{text} is outside the pure protocol");
            }
        }

        foreach (var name in file.Root.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            var isMember = name.Parent is MemberAccessExpressionSyntax access && access.Name == name;
            if (!isMember && OutsideWorld.Contains(name.Identifier.Text))
            {
                yield return file.At(name, $"{name.Identifier.Text} is outside the pure protocol");
            }
        }
    }

    public static IEnumerable<string> ProjectDirection(string project, string projectFile)
    {
        var file = XDocument.Parse(projectFile);
        foreach (var reference in file.Descendants("ProjectReference").Select(Include))
        {
            var target = reference.Replace('\\', '/').Split('/').SkipWhile(part => part == "..").First();
            if (!Rooms.Projects[project].Contains(target))
            {
                yield return $"{project} may not reference {target}";
            }
        }

        if (project == "protocol")
        {
            foreach (var kind in (string[])["PackageReference", "FrameworkReference"])
            {
                foreach (var package in file.Descendants(kind).Select(Include))
                {
                    yield return $"protocol may not reference {package}: it has nothing beyond the framework";
                }
            }
        }
    }

    private static string Include(XElement element) => element.Attribute("Include")?.Value ?? "";

    private static bool IsWithin(string name, string space) =>
        name == space || name.StartsWith($"{space}.", StringComparison.Ordinal);

    private static bool Matches(string path, string place) =>
        Regex.IsMatch(path, $"^{Regex.Escape(place).Replace(@"\*", ".*", StringComparison.Ordinal)}$");

    private static IEnumerable<(SyntaxNode Node, string Folder)> UsedFolders(
        SourceFile file, string rootNamespace, HashSet<string> folders, HashSet<string> types)
    {
        foreach (var (node, text) in FullNames(file))
        {
            var inside = IsWithin(text, rootNamespace) ? text[rootNamespace.Length..].TrimStart('.') : text;
            var parts = inside.Split('.');
            var isFull = inside.Length < text.Length;
            // Within the root namespace a sibling folder needs no full name: Ledger.LedgerStore.
            if (folders.Contains(parts[0]) && (isFull || types.Contains($"{parts[0]}.{parts.ElementAtOrDefault(1)}")))
            {
                yield return (node, parts[0]);
            }
        }
    }

    /// <summary>All dotted names, each once at its full length, and the names of using directives.</summary>
    private static IEnumerable<(SyntaxNode Node, string Text)> FullNames(SourceFile file)
    {
        foreach (var node in file.Root.DescendantNodes())
        {
            var isWhole = node.Parent is not (QualifiedNameSyntax or MemberAccessExpressionSyntax);
            if (node.Parent is UsingDirectiveSyntax { NamespaceOrType: var named } && named == node
                || (isWhole && node is QualifiedNameSyntax && node.Parent is not BaseNamespaceDeclarationSyntax)
                || (isWhole && node is MemberAccessExpressionSyntax))
            {
                var text = Regex.Replace(node.ToString(), @"\s+", "").Replace("global::", "", StringComparison.Ordinal);
                yield return (node, text);
            }
        }
    }
}
