using Xunit;

namespace KioskFleet.Tidy.Tests;

public sealed class WordTests
{
    [Fact]
    public void No_type_or_file_has_a_name_that_says_nothing() =>
        Findings.AssertNone(Tree.Code.SelectMany(WordRules.EmptyNames));

    [Fact]
    public void No_work_is_left_unfinished() => Findings.AssertNone(Tree.Texts.SelectMany(WordRules.UnfinishedWork));

    [Fact]
    public void No_warning_is_silenced_in_the_text() =>
        Findings.AssertNone(Tree.Code.SelectMany(WordRules.SilencedWarnings));

    [Fact]
    public void The_project_speaks_of_itself_only() =>
        Findings.AssertNone(Tree.Texts.SelectMany(WordRules.WordsOfTheWorkplace));

    [Theory]
    [InlineData("BrokerHelper")]
    [InlineData("SaleManager")]
    [InlineData("StringUtils")]
    [InlineData("CommonTypes")]
    [InlineData("MiscRules")]
    public void A_name_that_says_nothing_is_found_on_a_type_and_on_a_file(string name)
    {
        Findings.AssertThat(WordRules.EmptyNames(Sample($"sealed record {name}(int A);")), name);
        Findings.AssertThat(WordRules.EmptyNames(Sample($"enum {name} {{ A }}")), name);
        Findings.AssertThat(WordRules.EmptyNames(new SourceFile($"protocol/A/{name}.cs", "")), "file's name");
    }

    [Theory]
    [InlineData("LastCommonEntry")]
    [InlineData("Utilisation")]
    [InlineData("Miscount")]
    [InlineData("Commons")]
    public void A_word_inside_another_word_is_not_taken_for_an_empty_name(string name) =>
        Findings.AssertNone(WordRules.EmptyNames(Sample($"class {name};")));

    [Theory]
    [InlineData("// TO", "DO: later")]
    [InlineData("# FIX", "ME")]
    [InlineData("/* HA", "CK */")]
    [InlineData("throw new NotImplemented", "Exception();")]
    public void Unfinished_work_is_found(string start, string rest) =>
        Findings.AssertThat(WordRules.UnfinishedWork(Sample($"a\n{start}{rest}")), ":2: unfinished work");

    [Fact]
    public void A_word_that_only_contains_the_mark_is_no_unfinished_work() =>
        Findings.AssertNone(WordRules.UnfinishedWork(Sample("// TODOS is Spanish, hackney is a carriage")));

    [Theory]
    [InlineData("class A\n{\n#pragma warning disable CA1000\n}")]
    [InlineData("class A\n{\n#nullable disable\n}")]
    public void A_silenced_warning_is_found(string text) =>
        Findings.AssertThat(WordRules.SilencedWarnings(Sample(text)), ":3: a warning is silenced");

    [Fact]
    public void A_pragma_in_a_string_is_no_silenced_warning() =>
        Findings.AssertNone(WordRules.SilencedWarnings(Sample("var a = \"#pragma warning disable\";")));

    [Theory]
    [InlineData("see /wor", "k/main/README.md")]
    [InlineData("kept in /tmp/ar", "t/x")]
    [InlineData("done for issue ", "#2")]
    [InlineData("as in #", "17 before")]
    [InlineData("https://api.nuge", "t.org/v3")]
    [InlineData("run k", "b agent dotnet build")]
    [InlineData("data from ../share", "d/data")]
    [InlineData("made by Clau", "de")]
    [InlineData("as th", "e brief says")]
    public void A_word_of_the_workplace_is_found(string start, string rest) =>
        Findings.AssertThat(WordRules.WordsOfTheWorkplace(Sample(start + rest)), "not a word of this project");

    [Theory]
    [InlineData("An open-door session is closed and settled.")]
    [InlineData("MQTTnet's issue 2174 explains why routing is slow.")]
    [InlineData("/var/lib/kioskfleet/journal and /etc/kioskfleet and /tmp/kioskfleet-test")]
    [InlineData("https://example.org/network/status")]
    [InlineData("color: \"#123456\"; C# 14; section #about")]
    public void Words_of_the_domain_pass(string text) =>
        Findings.AssertNone(WordRules.WordsOfTheWorkplace(Sample(text)));

    private static SourceFile Sample(string text) => new("protocol/Amounts/Sample.cs", text);
}
