using Xunit;

namespace KioskFleet.Tidy.Tests;

public sealed class AmbientTests
{
    [Fact]
    public void Product_code_takes_time_chance_and_identity_from_outside() =>
        Findings.AssertNone(Tree.ProductCode.SelectMany(AmbientRules.AmbientSources));

    [Fact]
    public void No_failure_is_swallowed_by_an_empty_catch() =>
        Findings.AssertNone(Tree.Code.SelectMany(AmbientRules.EmptyCatches));

    [Theory]
    [InlineData("var a = DateTime.UtcNow;")]
    [InlineData("var a = System.DateTimeOffset.Now.Year;")]
    [InlineData("var a = global::System.DateTime.Today;")]
    [InlineData("Func<Guid> a = Guid.NewGuid;")]
    [InlineData("var a = Random.Shared.Next();")]
    [InlineData("var a = Environment.TickCount64;")]
    [InlineData("var a = Stopwatch.StartNew();")]
    [InlineData("var a = new Random();")]
    [InlineData("Random a = new();")]
    [InlineData("class A { Random? B { get; } = new(); }")]
    public void An_ambient_source_is_found(string text) =>
        Findings.AssertThat(AmbientRules.AmbientSources(new SourceFile("fleet-service/A/B.cs", text)), "ambient");

    [Theory]
    [InlineData("var a = time.GetUtcNow(); // not DateTime.UtcNow")]
    [InlineData("var a = new Random(7); Random b = new(7); List<int> c = new();")]
    [InlineData("Random a = Make(() => { List<int> b = new(); return b; });")]
    [InlineData("var a = \"Guid.NewGuid\";")]
    public void A_given_source_passes(string text) =>
        Findings.AssertNone(AmbientRules.AmbientSources(new SourceFile("fleet-service/A/B.cs", text)));

    [Fact]
    public void A_simulator_may_measure_with_a_stopwatch() =>
        Findings.AssertNone(AmbientRules.AmbientSources(
            new SourceFile("simulators/Bench/B.cs", "var a = Stopwatch.StartNew();")));

    [Theory]
    [InlineData("try { } catch { }")]
    [InlineData("try { } catch (Exception) { /* a comment does nothing */ }")]
    public void An_empty_catch_is_found(string text) =>
        Findings.AssertThat(AmbientRules.EmptyCatches(new SourceFile("tests/kit/A.cs", text)), "empty catch");

    [Fact]
    public void A_catch_that_says_what_follows_passes() =>
        Findings.AssertNone(AmbientRules.EmptyCatches(
            new SourceFile("tests/kit/A.cs", "try { } catch (IOException) { return; }")));
}
