using KioskFleet.TestKit;
using Xunit;

namespace KioskFleet.Tidy.Tests;

public sealed class RepositoryTests
{
    [Fact]
    public void The_root_has_no_folder_but_the_known_ones() =>
        Findings.AssertNone(RepositoryRules.TopLevelFolders(Tree.TopLevelFolders));

    [Fact]
    public void Every_project_is_in_the_solution() => Findings.AssertNone(
        RepositoryRules.Solution(File.ReadAllText(SourceTree.At("KioskFleet.sln")), Tree.Paths));

    [Fact]
    public void Every_project_has_its_lock_file() => Findings.AssertNone(RepositoryRules.LockFiles([.. Tree.Paths]));

    [Fact]
    public void The_rules_see_the_tree()
    {
        // A walk that found nothing would let every rule pass.
        Assert.All(Tree.ProductProjects, project => Assert.Contains(Tree.Code, file => file.Project == project));
        Assert.Contains(Tree.Code, file => file.Path == "tests/tidy/RepositoryTests.cs");
        Assert.Contains(Tree.Texts, file => file.Path == "tests/run-all.sh");
        Assert.DoesNotContain(Tree.Paths, path => path.Contains("/obj/", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_folder_in_the_root_is_found() => Findings.AssertThat(
        RepositoryRules.TopLevelFolders([".git", ".ci", "protocol", "deploy", "scratch"]), "scratch/");

    [Fact]
    public void A_project_missing_on_either_side_is_found()
    {
        const string solution = """
            Project("{1}") = "A", "a\A.csproj", "{2}"
            Project("{1}") = "B", "tests\b\B.csproj", "{3}"
            """;
        Findings.AssertThat(
            RepositoryRules.Solution(solution, ["a/A.csproj", "c/C.csproj", "c/C.cs"]),
            "c/C.csproj: not in the solution",
            "tests/b/B.csproj: in the solution and not");
    }

    [Fact]
    public void A_project_without_a_lock_file_is_found() => Findings.AssertThat(
        RepositoryRules.LockFiles(["a/A.csproj", "a/packages.lock.json", "b/B.csproj"]), "b/B.csproj: no packages");
}
